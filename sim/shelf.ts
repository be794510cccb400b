import { type FullSimModel, fullSimModel, type SimModel } from './sim-model.ts';

export interface LoadedModel {
  readonly model: FullSimModel;
  readonly expiresAtMs: number;
}

/** The models of one server, and which of them are in memory. */
export interface Shelf {
  readonly names: readonly string[];
  readonly models: readonly FullSimModel[];
  /** By name; a name without a tag means `:latest`, as in Ollama. */
  find(name: string): FullSimModel | null;
  isLoaded(name: string, nowMs: number): boolean;
  loaded(nowMs: number): LoadedModel[];
  /** Loads if needed; returns how long this request waits, also for a load that another one began. */
  load(name: string, loadMs: number, nowMs: number): number;
  /** Null leaves the expiry as it is. */
  keep(name: string, keepAliveMs: number | null, nowMs: number): void;
  unload(name: string): void;
}

/** Ollama's default, shown for models that stay for ever. */
const SHOWN_KEEP_ALIVE_MS = 5 * 60_000;

export function createShelf(given: readonly SimModel[]): Shelf {
  const models = given.map(fullSimModel);
  const byName = new Map(models.map((model) => [model.name, model]));
  const expiry = new Map<string, number>();
  const loadEnds = new Map<string, number>();
  for (const { name, loaded } of models) if (loaded) expiry.set(name, Number.POSITIVE_INFINITY);
  const isLoaded = (name: string, nowMs: number): boolean => (expiry.get(name) ?? 0) > nowMs;

  return {
    names: models.map(({ name }) => name),
    models,
    find: (name) => byName.get(name) ?? byName.get(`${name}:latest`) ?? null,
    isLoaded,
    loaded: (nowMs) =>
      models
        .filter(({ name }) => isLoaded(name, nowMs) && (loadEnds.get(name) ?? 0) <= nowMs)
        .map((model) => {
          const expiresAtMs = expiry.get(model.name) ?? 0;
          return {
            model,
            expiresAtMs: Number.isFinite(expiresAtMs) ? expiresAtMs : nowMs + SHOWN_KEEP_ALIVE_MS,
          };
        }),
    load: (name, loadMs, nowMs) => {
      if (!isLoaded(name, nowMs)) {
        expiry.set(name, Number.POSITIVE_INFINITY);
        loadEnds.set(name, nowMs + loadMs);
      }
      return Math.max(0, (loadEnds.get(name) ?? 0) - nowMs);
    },
    keep: (name, keepAliveMs, nowMs) => {
      if (keepAliveMs !== null) expiry.set(name, nowMs + keepAliveMs);
    },
    unload: (name) => {
      expiry.delete(name);
      loadEnds.delete(name);
    },
  };
}
