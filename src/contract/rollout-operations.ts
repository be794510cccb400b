import { PAGE, strict } from './fields.ts';
import {
  RolloutAnswer,
  RolloutChange,
  RolloutCommand,
  RolloutEventPage,
  RolloutPage,
  RolloutStop,
} from './rollout.ts';
import { RolloutInput } from './rollout-plan.ts';

const command = {
  method: 'POST',
  role: 'operator',
  body: RolloutCommand,
  answer: RolloutChange,
  conditional: true,
} as const;
const stop = { ...command, body: RolloutStop } as const;

/** The part of the admin API that carries out releases. */
export const ROLLOUT_OPERATIONS = {
  'rollouts.list': {
    method: 'GET',
    path: '/rollouts',
    role: 'viewer',
    summary: 'Rollouts: status, share, and why each is not going on',
    query: strict(PAGE),
    answer: RolloutPage,
  },
  'rollouts.create': {
    method: 'POST',
    path: '/rollouts',
    role: 'operator',
    summary: 'Describe a release; nothing changes before it is started',
    body: RolloutInput,
    status: 201,
    answer: RolloutChange,
  },
  'rollouts.get': {
    method: 'GET',
    path: '/rollouts/{id}',
    role: 'viewer',
    summary: 'Show a rollout with its gates, and of a draft how long each stage will take',
    answer: RolloutAnswer,
  },
  'rollouts.events': {
    method: 'GET',
    path: '/rollouts/{id}/events',
    role: 'viewer',
    summary: 'What happened to a rollout, newest first',
    query: strict(PAGE),
    answer: RolloutEventPage,
  },
  'rollouts.start': { ...command, path: '/rollouts/{id}/start', summary: 'Start with the first stage' },
  'rollouts.pause': { ...stop, path: '/rollouts/{id}/pause', summary: 'Stay at the present share' },
  'rollouts.resume': {
    ...command,
    path: '/rollouts/{id}/resume',
    summary: 'Lift a pause, or the hold of a failed gate, whose stage then begins anew',
  },
  'rollouts.approve': {
    ...command,
    path: '/rollouts/{id}/approve',
    summary: 'Approve a stage in which all else has passed',
  },
  'rollouts.promote': { ...command, path: '/rollouts/{id}/promote', summary: 'Go on to the next stage now' },
  'rollouts.promote-full': {
    ...command,
    path: '/rollouts/{id}/promote-full',
    summary: 'Give the candidate everyone, and end the rollout',
  },
  'rollouts.step-back': {
    ...command,
    path: '/rollouts/{id}/step-back',
    summary: 'Go back to the stage before',
  },
  'rollouts.abort': {
    ...stop,
    path: '/rollouts/{id}/abort',
    summary: 'Take every user back to the stable model at once',
  },
  'rollouts.retry': {
    ...command,
    path: '/rollouts/{id}/retry',
    summary: 'Start an aborted rollout again, with the same users',
  },
  'rollouts.cancel': { ...command, path: '/rollouts/{id}/cancel', summary: 'Give a draft up' },
} as const;
