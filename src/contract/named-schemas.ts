import type { TSchema } from 'typebox';
import { AuditEntry, AuditPage } from './audit.ts';
import { ChatAnswer, ChatError, ChatRequest, FeedbackRequest, SessionEndRequest } from './chat.ts';
import { ConfigAnswer, ConfigChange, ConfigInput, VersionPage } from './config.ts';
import { ExplainAnswer, ExplainList, ExplainRequest, Explanation } from './explain.ts';
import { KeyAnswer, KeyInput, KeyMade, KeyPage } from './key.ts';
import {
  Breaker,
  CheckReport,
  Deleted,
  MaskedModel,
  ModelAnswer,
  ModelChange,
  ModelInput,
  ModelPage,
  ModelPatch,
} from './model.ts';
import { Problem } from './problem.ts';
import {
  Audience,
  Rollback,
  RouteAnswer,
  RouteChange,
  RouteDocument,
  RouteInput,
  RoutePage,
  RoutePatch,
} from './route.ts';
import {
  IntentsAnswer,
  IntentsChange,
  IntentsInput,
  SettingsAnswer,
  SettingsChange,
  SettingsDocument,
  SettingsPatch,
} from './settings.ts';

/** Schemas that `openapi.json` holds once, under these names, however often they occur. */
export const NAMED_SCHEMAS: Readonly<Record<string, TSchema>> = {
  Audience,
  AuditEntry,
  AuditPage,
  Breaker,
  ChatAnswer,
  ChatError,
  ChatRequest,
  CheckReport,
  ConfigAnswer,
  ConfigChange,
  ConfigInput,
  Deleted,
  ExplainAnswer,
  Explanation,
  ExplainList,
  ExplainRequest,
  FeedbackRequest,
  IntentsAnswer,
  IntentsChange,
  IntentsInput,
  KeyAnswer,
  KeyInput,
  KeyMade,
  KeyPage,
  MaskedModel,
  ModelAnswer,
  ModelChange,
  ModelInput,
  ModelPage,
  ModelPatch,
  Problem,
  Rollback,
  RouteAnswer,
  RouteChange,
  RouteDocument,
  RouteInput,
  RoutePage,
  RoutePatch,
  SessionEndRequest,
  SettingsAnswer,
  SettingsChange,
  SettingsDocument,
  SettingsPatch,
  VersionPage,
};
