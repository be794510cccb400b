import Type, { type Static } from 'typebox';
import { CHANGE, ConfigVersion, Page, strict, Time } from './fields.ts';
import { MaskedModel, ModelInput } from './model.ts';
import { RouteDocument, RouteInput } from './route.ts';
import { IntentsDocument, SettingsDocument, SettingsInput } from './settings.ts';

const Models = Type.Array(ModelInput, { maxItems: 1_000 });
const Routes = Type.Array(RouteInput, { maxItems: 1_000 });
const OPTIONAL = {
  settings: Type.Optional(SettingsInput),
  intents: Type.Optional(IntentsDocument.properties.intents),
  config_version: Type.Optional({
    ...ConfigVersion,
    description: 'as If-Match: another present version is 412',
  }),
};

/** The whole configuration, declaratively: what is not there is removed or takes its default. */
export const ConfigInput = strict({ models: Models, routes: Routes, ...OPTIONAL });
export type ConfigInput = Static<typeof ConfigInput>;
/** The file of SLUICE_CONFIG: it owns what it names, and nothing else. */
export const OwnedConfig = strict({
  models: Type.Optional(Models),
  routes: Type.Optional(Routes),
  ...OPTIONAL,
});
export type OwnedConfig = Static<typeof OwnedConfig>;

export const ConfigAnswer = strict({
  config_version: ConfigVersion,
  models: Type.Array(MaskedModel),
  routes: Type.Array(RouteDocument),
  settings: SettingsDocument,
  intents: IntentsDocument.properties.intents,
});
export type ConfigAnswer = Static<typeof ConfigAnswer>;

const Difference = strict({
  resource: Type.String({ examples: ['routes/support'] }),
  action: Type.Enum(['create', 'update', 'delete'] as const),
  before: Type.Unknown({ description: 'the fields that differ; null where there was nothing' }),
  after: Type.Unknown({ description: 'null where nothing is left' }),
});
export type Difference = Static<typeof Difference>;
export const ConfigChange = strict({
  dry_run: Type.Boolean(),
  differences: Type.Array(Difference),
  ...CHANGE,
});
export type ConfigChange = Static<typeof ConfigChange>;

const VersionEntry = strict({
  config_version: ConfigVersion,
  at: Time,
  actor: Type.String(),
  action: Type.String({ examples: ['routes.disable'] }),
  resource: Type.String(),
});
export type VersionEntry = Static<typeof VersionEntry>;
export const VersionPage = Page(VersionEntry);
