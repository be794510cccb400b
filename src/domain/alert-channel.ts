import type { AlertEvent } from './alert.ts';

export type AlertLanguage = 'en' | 'zh-CN';
/** Whose shape a webhook has. */
export const WEBHOOK_PRESETS = ['generic', 'slack', 'feishu', 'dingtalk', 'wecom'] as const;
export type WebhookPreset = (typeof WEBHOOK_PRESETS)[number];

interface Listening {
  readonly id: string;
  readonly events: readonly AlertEvent[];
  readonly language: AlertLanguage;
}

export interface EmailChannel extends Listening {
  readonly type: 'email';
  readonly to: readonly string[];
  readonly smtp: {
    readonly host: string;
    readonly port: number;
    /** TLS from the first byte; else STARTTLS where the server offers it. */
    readonly secure: boolean;
    readonly user: string | null;
    readonly password: string | null;
    readonly from: string;
  };
}

export interface WebhookChannel extends Listening {
  readonly type: 'webhook';
  readonly preset: WebhookPreset;
  readonly url: string;
  readonly secret: string | null;
}

/** Where alerts are told; decrypted, in memory only. */
export type AlertChannel = EmailChannel | WebhookChannel;
