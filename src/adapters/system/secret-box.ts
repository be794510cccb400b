import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hkdfSync,
  randomBytes,
} from 'node:crypto';
import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import type { SecretBox, SecretPlace } from '../../ports/secret-box.ts';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * AES-256-GCM with a random nonce, bound to the place of the secret. Every use of the master key (`masterKey`:
 * 32 bytes or more of any text) has a key of its own, derived by HKDF.
 */
export function createSecretBox({ masterKey }: { readonly masterKey: Buffer }): SecretBox {
  const derive = (purpose: string): Buffer =>
    Buffer.from(hkdfSync('sha256', masterKey, '', `sluice:${purpose}`, 32));
  const sealingKey = derive('seal');
  // Key objects: a raw key would be imported anew for every request, at five times the cost.
  const digestKeys = {
    access_key: createSecretKey(derive('access_key')),
    cursor: createSecretKey(derive('cursor')),
    audit: createSecretKey(derive('audit')),
    console_session: createSecretKey(derive('console_session')),
    review: createSecretKey(derive('review')),
  };
  const keyId = derive('key_id').toString('hex', 0, 8);

  return {
    keyId,
    seal(plaintext, place) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', sealingKey, nonce).setAAD(addressOf(place));
      const ciphertext = Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final()]);
      return { keyId, bytes: Buffer.concat([nonce, cipher.getAuthTag(), ciphertext]) };
    },
    open(sealed, place) {
      const name = `${place.kind}:${place.id}:${place.field}`;
      if (sealed.keyId !== keyId) {
        throw new Error(
          `the secret ${name} was encrypted with master key ${sealed.keyId}, the present one is ${keyId}; ` +
            'set SLUICE_SECRET_KEY (or restore the key file beside the data folder) as it was',
        );
      }
      const bytes = Buffer.from(sealed.bytes);
      const decipher = createDecipheriv('aes-256-gcm', sealingKey, bytes.subarray(0, NONCE_BYTES), {
        authTagLength: TAG_BYTES,
      });
      decipher.setAAD(addressOf(place)).setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
      try {
        const opened = decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES));
        return Buffer.concat([opened, decipher.final()]).toString('utf8');
      } catch (cause) {
        throw new Error(`the secret ${name} is damaged or was moved; set it again`, { cause });
      }
    },
    digest: (purpose, text) => createHmac('sha256', digestKeys[purpose]).update(text).digest(),
    freshSecret: () => randomBytes(32).toString('base64url'),
  };
}

/** JSON, because ids may hold a colon and two places must never have one address. */
function addressOf(place: SecretPlace): Buffer {
  return Buffer.from(JSON.stringify([place.kind, place.id, place.field]));
}

/** A shorter text is guessable; 16 characters are asked for so that a pass phrase will do. */
const MIN_LENGTH = 16;

/**
 * The master key: `given` (SLUICE_SECRET_KEY), else the content of the file `path`, which is made (mode 0600) when
 * it is not there. Throws with one clear line when the key is too short or the file cannot be read.
 */
export function loadMasterKey({
  given,
  path,
}: {
  readonly given: string | undefined;
  readonly path: string;
}): Buffer {
  if (given !== undefined && given !== '') return checked(given, 'SLUICE_SECRET_KEY');
  return checked(readOrMake(path), path);
}

function checked(text: string, where: string): Buffer {
  if (text.length < MIN_LENGTH)
    throw new Error(`the key in ${where} must have ${MIN_LENGTH} or more characters`);
  return Buffer.from(text);
}

function readOrMake(path: string): string {
  try {
    const file = openSync(path, 'wx', 0o600); // fails when the file is there: a key is never overwritten
    const text = randomBytes(32).toString('hex');
    writeSync(file, `${text}\n`);
    fsyncSync(file); // without this key everything encrypted with it is lost
    closeSync(file);
    return text;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return readFileSync(path, 'utf8').trim();
  }
}
