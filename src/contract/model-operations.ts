import { PAGE, strict } from './fields.ts';
import {
  CheckReport,
  Deleted,
  ModelAnswer,
  ModelChange,
  ModelInput,
  ModelPage,
  ModelPatch,
} from './model.ts';
import { ServerQuestion, ServerReport } from './model-server.ts';

/** The part of the admin API that is about models. */
export const MODEL_OPERATIONS = {
  'models.list': {
    method: 'GET',
    path: '/models',
    role: 'viewer',
    summary: 'List models',
    query: strict(PAGE),
    answer: ModelPage,
  },
  'models.create': {
    method: 'POST',
    path: '/models',
    role: 'admin',
    summary: 'Register a model',
    body: ModelInput,
    status: 201,
    answer: ModelChange,
  },
  'models.get': {
    method: 'GET',
    path: '/models/{id}',
    role: 'viewer',
    summary: 'Show a model',
    answer: ModelAnswer,
  },
  'models.update': {
    method: 'PATCH',
    path: '/models/{id}',
    role: 'admin',
    summary: 'Change fields of a model',
    body: ModelPatch,
    answer: ModelChange,
    conditional: true,
  },
  'models.delete': {
    method: 'DELETE',
    path: '/models/{id}',
    role: 'admin',
    summary: 'Remove a model that nothing uses',
    answer: Deleted,
    conditional: true,
  },
  'models.check': {
    method: 'POST',
    path: '/models/{id}/check',
    role: 'operator',
    summary: 'Call the model once plainly and once streamed',
    answer: CheckReport,
  },
  'model_servers.look': {
    method: 'POST',
    path: '/model-servers/look',
    role: 'admin',
    summary: 'Ask an address which protocol it speaks and which models it has; nothing is registered',
    body: ServerQuestion,
    answer: ServerReport,
  },
  'models.disable': {
    method: 'POST',
    path: '/models/{id}/disable',
    role: 'operator',
    summary: 'Take a model out of service: its users get the fallback, at once',
    answer: ModelChange,
    conditional: true,
  },
  'models.enable': {
    method: 'POST',
    path: '/models/{id}/enable',
    role: 'operator',
    summary: 'Let a model serve again',
    answer: ModelChange,
    conditional: true,
  },
} as const;
