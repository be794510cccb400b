import { type Answer, type Facts, isFromNginx, type NoAnswer, type Subject } from './facts.ts';
import type { Finding } from './finding.ts';

type Trouble = Omit<Finding, 'model' | 'level'>;

/** Does the right kind of server answer at the address? One finding; when it is broken nothing else can be asked. */
export function checkContact(facts: Facts): Finding {
  const model = facts.subject.id ?? facts.subject.upstreamModel;
  const trouble = facts.front.kind === 'none' ? silence(facts.front, facts) : wrongAnswer(facts.front, facts);
  if (trouble) {
    const { check, what, why, command } = trouble;
    return { check, level: 'broken', model, what, why, command };
  }
  const what = `${facts.subject.protocol === 'ollama' ? 'Ollama' : 'a model server'} answers at ${facts.subject.baseUrl}`;
  return { check: 'reachable', level: 'ok', model, what, why: null, command: null };
}

function silence({ code }: NoAnswer, facts: Facts): Trouble {
  const { subject } = facts;
  const { baseUrl } = subject;
  const { hostname } = new URL(baseUrl);
  if (facts.ollamaAt !== null) {
    return {
      check: 'wrong_port',
      what: `nothing answers at ${baseUrl}, but an Ollama answers at ${facts.ollamaAt}`,
      why: 'the address has a wrong port',
      command: readdress(subject, facts.ollamaAt),
    };
  }
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return {
      check: 'reachable',
      what: `the name ${hostname} cannot be resolved`,
      why: 'a typing error, or a name that is known only inside a container network',
      command: `getent hosts ${hostname}`,
    };
  }
  if (
    code === 'TIMEOUT' ||
    code === 'UND_ERR_CONNECT_TIMEOUT' ||
    code === 'ETIMEDOUT' ||
    code.endsWith('UNREACH')
  ) {
    return {
      check: 'reachable',
      what: `${baseUrl} does not answer (${code})`,
      why: 'a firewall drops the packets, the machine is off, or its server hangs',
      command: `curl -m 5 ${baseUrl}${subject.protocol === 'ollama' ? '/api/version' : '/models'}`,
    };
  }
  if (/SSL|TLS|CERT|SIGNED|HPE_/.test(code)) {
    return {
      check: 'reachable',
      what: `${baseUrl} cannot be spoken to (${code})`,
      why: 'http where it is https or the other way round, or a certificate that this machine does not trust',
      command: `curl -v ${baseUrl}`,
    };
  }
  return nobodyListens(code, facts);
}

function nobodyListens(code: string, { subject, isLocal }: Facts): Trouble {
  const what = `nothing listens at ${subject.baseUrl} (${code})`;
  if (subject.protocol === 'openai') {
    return {
      check: 'reachable',
      what,
      why: 'the model server is not running, or on another port',
      command: 'ss -ltnp',
    };
  }
  return isLocal
    ? {
        check: 'reachable',
        what,
        why: 'Ollama is not running, or OLLAMA_HOST moved it',
        command: 'ollama serve',
      }
    : {
        check: 'reachable',
        what,
        why: 'Ollama is not running there, or listens on its own 127.0.0.1 only, as it does by default',
        command: 'OLLAMA_HOST=0.0.0.0 ollama serve',
      };
}

/** What is wrong with an answer that came; null when a model server gave it. */
function wrongAnswer(front: Answer, facts: Facts): Trouble | null {
  const { subject } = facts;
  if (isFromNginx(front)) return nginxTrouble(front, facts);
  if (front.status === 403 && front.text === '') return hostCheck(subject);
  if (subject.protocol === 'openai') {
    // A key is the gateway's secret: 401 is all that this address owes to a stranger.
    if (front.status === 401 || front.status === 403 || isJson(front.text, 'data')) return null;
  } else if (front.status === 200 && isJson(front.text, 'version')) return null;
  return strangerTrouble(front, facts);
}

function nginxTrouble(front: Answer, { subject }: Facts): Trouble {
  const target = 'proxy_pass http://127.0.0.1:11434;';
  if (front.status === 404) {
    return {
      check: 'nginx_location',
      what: `nginx itself answers 404 at ${subject.baseUrl}, not the model server`,
      why: 'no `location` of this server block leads to the model server',
      command: `location / { ${target} }`,
    };
  }
  if (front.status === 502) {
    return {
      check: 'nginx_upstream',
      what: `nginx at ${subject.baseUrl} finds nobody behind it (502)`,
      why: 'the model server is not running, or `proxy_pass` names another port',
      command: subject.protocol === 'ollama' ? 'ollama serve' : target,
    };
  }
  if (front.status === 504) {
    return {
      check: 'nginx_upstream',
      what: `nginx at ${subject.baseUrl} got no answer from behind it (504)`,
      why: 'the model server hangs, or `proxy_pass` names a machine that does not answer',
      command: 'curl -m 5 http://127.0.0.1:11434/api/version',
    };
  }
  return {
    check: 'nginx_refuses',
    what: `nginx itself answers ${front.status} at ${subject.baseUrl}`,
    why: 'a rule of its configuration refuses the call: `deny`, `auth_basic`, `limit_req`, `return`',
    command: 'nginx -T',
  };
}

function hostCheck({ baseUrl }: Subject): Trouble {
  return {
    check: 'host_check',
    what: `${baseUrl} answers 403 with an empty body`,
    why: 'this is how Ollama, bound to 127.0.0.1, refuses a foreign Host header; a proxy before it passes one on',
    command: 'proxy_set_header Host localhost;',
  };
}

function strangerTrouble(front: Answer, facts: Facts): Trouble {
  const { subject, ollamaAt } = facts;
  const { origin, pathname } = new URL(subject.baseUrl);
  const who = front.server === '' ? 'a server' : `a server that calls itself ${front.server}`;
  if (subject.protocol === 'ollama' && pathname !== '/' && ollamaAt === origin) {
    return {
      check: 'wrong_path',
      what: `Ollama answers at ${origin}, but the registered address ends in ${pathname}`,
      why: "Ollama's own protocol has its paths right below the port; /v1 belongs to the openai protocol",
      command: readdress(subject, origin),
    };
  }
  if (facts.speaksOpenai) {
    return {
      check: 'wrong_protocol',
      what: `${who} speaks the OpenAI protocol at ${origin}, not Ollama's`,
      why: 'the model is registered with protocol ollama',
      command: `${readdress(subject, `${origin}/v1`)} --protocol openai`,
    };
  }
  if (ollamaAt !== null && ollamaAt !== origin) {
    return {
      check: 'wrong_port',
      what: `${who} answers ${front.status} at ${subject.baseUrl}; an Ollama answers at ${ollamaAt}`,
      why: 'the address has a wrong port',
      command: readdress(subject, ollamaAt),
    };
  }
  return {
    check: 'wrong_port',
    what: `${who} answers ${front.status} at ${subject.baseUrl}, and it is no ${subject.protocol === 'ollama' ? 'Ollama' : 'OpenAI-style model server'}`,
    why: 'another program has this port',
    command: `curl -i ${subject.baseUrl}${subject.protocol === 'ollama' ? '/api/version' : '/models'}`,
  };
}

/** The command that gives a model another address. */
function readdress(subject: Subject, url: string): string {
  return subject.id === null
    ? `sluice doctor --upstream ${url}`
    : `sluice models set ${subject.id} --url ${url}`;
}

function isJson(text: string, member: string): boolean {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === 'object' && body !== null && member in body;
  } catch {
    return false;
  }
}
