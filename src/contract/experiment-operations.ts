import {
  ExperimentAnswer,
  ExperimentChange,
  ExperimentInput,
  ExperimentPage,
  ExperimentPatch,
} from './experiment.ts';
import { PAGE, strict } from './fields.ts';
import { Deleted } from './model.ts';

const command = { method: 'POST', role: 'operator', answer: ExperimentChange, conditional: true } as const;

/** The part of the admin API that is about experiments and changes them; their reports are analysis. */
export const EXPERIMENT_OPERATIONS = {
  'experiments.list': {
    method: 'GET',
    path: '/experiments',
    role: 'viewer',
    summary: 'List experiments',
    query: strict(PAGE),
    answer: ExperimentPage,
  },
  'experiments.create': {
    method: 'POST',
    path: '/experiments',
    role: 'operator',
    summary: 'Write an experiment; nobody is in it before its start',
    body: ExperimentInput,
    status: 201,
    answer: ExperimentChange,
  },
  'experiments.get': {
    method: 'GET',
    path: '/experiments/{id}',
    role: 'viewer',
    summary: 'Show an experiment',
    answer: ExperimentAnswer,
  },
  'experiments.update': {
    method: 'PATCH',
    path: '/experiments/{id}',
    role: 'operator',
    summary: 'Change fields of an experiment that has not started',
    body: ExperimentPatch,
    answer: ExperimentChange,
    conditional: true,
  },
  'experiments.delete': {
    method: 'DELETE',
    path: '/experiments/{id}',
    role: 'operator',
    summary: 'Remove an experiment that never started',
    answer: Deleted,
    conditional: true,
  },
  'experiments.start': {
    ...command,
    path: '/experiments/{id}/start',
    summary: 'Put users into the arms from now on; from here nothing of it changes',
  },
  'experiments.stop': {
    ...command,
    path: '/experiments/{id}/stop',
    summary: "Let the route's rules decide for everyone again",
  },
  'experiments.archive': {
    ...command,
    path: '/experiments/{id}/archive',
    summary: 'Put an experiment that is over away; its report stays',
  },
} as const;
