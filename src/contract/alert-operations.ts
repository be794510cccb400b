import { ALERT_FILTER, AlertPage } from './alert.ts';
import {
  AlertChannelAnswer,
  AlertChannelChange,
  AlertChannelInput,
  AlertChannelPage,
  AlertChannelPatch,
  AlertChannelTest,
} from './alert-channel.ts';
import {
  AlertRuleAnswer,
  AlertRuleChange,
  AlertRuleInput,
  AlertRulePage,
  AlertRulePatch,
} from './alert-rule.ts';
import { PAGE, strict } from './fields.ts';
import { Deleted } from './model.ts';

/** The part of the admin API that tells people when something is wrong. */
export const ALERT_OPERATIONS = {
  'alert_channels.list': {
    method: 'GET',
    path: '/alert-channels',
    role: 'operator',
    summary: 'List alert channels',
    query: strict(PAGE),
    answer: AlertChannelPage,
  },
  'alert_channels.create': {
    method: 'POST',
    path: '/alert-channels',
    role: 'admin',
    summary: 'Add a channel: e-mail or a webhook',
    body: AlertChannelInput,
    status: 201,
    answer: AlertChannelChange,
  },
  'alert_channels.get': {
    method: 'GET',
    path: '/alert-channels/{id}',
    role: 'operator',
    summary: 'Show a channel, its secrets masked',
    answer: AlertChannelAnswer,
  },
  'alert_channels.update': {
    method: 'PATCH',
    path: '/alert-channels/{id}',
    role: 'admin',
    summary: 'Change fields of a channel',
    body: AlertChannelPatch,
    answer: AlertChannelChange,
    conditional: true,
  },
  'alert_channels.delete': {
    method: 'DELETE',
    path: '/alert-channels/{id}',
    role: 'admin',
    summary: 'Remove a channel; what waits for it is given up',
    answer: Deleted,
    conditional: true,
  },
  'alert_channels.test': {
    method: 'POST',
    path: '/alert-channels/{id}/test',
    role: 'operator',
    summary: 'Send a test message now, and say how it went',
    answer: AlertChannelTest,
  },
  'alert_rules.list': {
    method: 'GET',
    path: '/alert-rules',
    role: 'viewer',
    summary: 'List alert rules',
    query: strict(PAGE),
    answer: AlertRulePage,
  },
  'alert_rules.create': {
    method: 'POST',
    path: '/alert-rules',
    role: 'operator',
    summary: 'Add a rule; id and event are enough',
    body: AlertRuleInput,
    status: 201,
    answer: AlertRuleChange,
  },
  'alert_rules.get': {
    method: 'GET',
    path: '/alert-rules/{id}',
    role: 'viewer',
    summary: 'Show a rule',
    answer: AlertRuleAnswer,
  },
  'alert_rules.update': {
    method: 'PATCH',
    path: '/alert-rules/{id}',
    role: 'operator',
    summary: 'Change fields of a rule',
    body: AlertRulePatch,
    answer: AlertRuleChange,
    conditional: true,
  },
  'alert_rules.delete': {
    method: 'DELETE',
    path: '/alert-rules/{id}',
    role: 'operator',
    summary: 'Remove a rule; its open alerts end without a word',
    answer: Deleted,
    conditional: true,
  },
  'alerts.list': {
    method: 'GET',
    path: '/alerts',
    role: 'viewer',
    summary: 'Alerts with their deliveries, newest first; dead letters with delivery=dead',
    query: strict({ ...PAGE, ...ALERT_FILTER }),
    answer: AlertPage,
  },
} as const;
