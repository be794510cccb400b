import type { AnalysisOperationId } from '../../contract/analysis-operations.ts';
import type { AnswerOf, BodyOf, QueryOf } from '../../contract/operation-parts.ts';
import type { OPERATIONS, OperationId } from '../../contract/operations.ts';
import type { Role } from '../../domain/access.ts';
import type { ListedAlert } from '../../ports/alert-store.ts';
import type { Cursors, Download } from '../../ports/analysis.ts';
import { createChannel } from '../alert-channels/create.ts';
import { removeChannel } from '../alert-channels/remove.ts';
import { tryChannel } from '../alert-channels/try.ts';
import { updateChannel } from '../alert-channels/update.ts';
import { answerChannel } from '../alert-channels/write.ts';
import { createRule } from '../alert-rules/create.ts';
import { removeRule } from '../alert-rules/remove.ts';
import { updateRule } from '../alert-rules/update.ts';
import { answerRule } from '../alert-rules/write.ts';
import { answerAlert } from '../alerts/answer.ts';
import { auditList } from '../audit/list.ts';
import { forceBreaker } from '../breakers/force.ts';
import { showBreakers } from '../breakers/show.ts';
import type { Caller } from '../change.ts';
import { replaceConfig } from '../config/replace.ts';
import { rollbackConfig } from '../config/rollback.ts';
import { showConfig } from '../config/show.ts';
import { versionList } from '../config/versions.ts';
import { chatKeyFor } from '../console-sessions/chat-key.ts';
import type { ControlCore } from '../core.ts';
import { archiveExperiment } from '../experiments/archive.ts';
import { createExperiment } from '../experiments/create.ts';
import { removeExperiment } from '../experiments/remove.ts';
import { startExperiment } from '../experiments/start.ts';
import { stopExperiment } from '../experiments/stop.ts';
import { updateExperiment } from '../experiments/update.ts';
import { answerExperiment } from '../experiments/write.ts';
import { createKey } from '../keys/create.ts';
import { answerKey } from '../keys/make.ts';
import { removeKey } from '../keys/remove.ts';
import { lookAtServer } from '../model-servers/look.ts';
import { checkModel } from '../models/check.ts';
import { createModel } from '../models/create.ts';
import { removeModel } from '../models/remove.ts';
import { switchModel } from '../models/switch.ts';
import { updateModel } from '../models/update.ts';
import { answerModel } from '../models/write.ts';
import { createReview } from '../reviews/create.ts';
import { exportRatings } from '../reviews/export.ts';
import { nextToRate } from '../reviews/next.ts';
import { rateItem } from '../reviews/rate.ts';
import { removeReview } from '../reviews/remove.ts';
import { resultOf } from '../reviews/result.ts';
import { answerReview, reviewOf } from '../reviews/write.ts';
import { answerRollout, listRollouts } from '../rollouts/answer.ts';
import { type CommandRollout, commandRollout } from '../rollouts/command.ts';
import { createRollout } from '../rollouts/create.ts';
import { rolloutEvents } from '../rollouts/events.ts';
import { withOutlook } from '../rollouts/outlook.ts';
import { createRoute } from '../routes/create.ts';
import { explainUser, explainUsers } from '../routes/explain.ts';
import { removeRoute } from '../routes/remove.ts';
import { rollbackRoute } from '../routes/rollback.ts';
import { switchRoute } from '../routes/switch.ts';
import { updateRoute } from '../routes/update.ts';
import { answerRoute } from '../routes/write.ts';
import { answerIntents, replaceIntents } from '../settings/intents.ts';
import { answerSettings, updateSettings } from '../settings/update.ts';
import { pageById, pageOfHistory } from './page.ts';

/** Analysis answers the rest. */
type OwnOperationId = Exclude<OperationId, AnalysisOperationId>;

/** One validated request to one operation. */
export interface Call<K extends OperationId> {
  readonly core: ControlCore;
  readonly caller: Caller;
  /** Of the caller. */
  readonly role: Role;
  readonly cursors: Cursors;
  /** Of the path; empty where it has none. */
  readonly id: string;
  /** Likewise the answer of a review. */
  readonly item: string;
  readonly query: QueryOf<K>;
  readonly body: BodyOf<K>;
  readonly ifMatch: number | null;
}

/** What an operation gives: its answer, or the file that it is. */
type Given<K extends OperationId> = (typeof OPERATIONS)[K] extends { readonly contentType: string }
  ? Download
  : AnswerOf<K>;
export type Handler<K extends OperationId> = (call: Call<K>) => Given<K> | Promise<Given<K>>;

/** Every operation of this plane and the verb that does it; the compiler sees to it that none is missing. */
export const HANDLERS: { readonly [K in OwnOperationId]: Handler<K> } = {
  'models.list': ({ core, ...call }) => {
    const state = core.door.state();
    const all = Array.from(state.models.keys(), (id) => answerModel(state, id, core.ownership));
    return pageById(all, { ...call, list: 'models' });
  },
  'models.create': ({ core, caller, body }) => createModel(core, caller, body),
  'models.get': ({ core, id }) => answerModel(core.door.state(), id, core.ownership),
  'models.update': ({ core, caller, id, body, ifMatch }) =>
    updateModel(core, caller, { id, patch: body, ifMatch }),
  'models.delete': ({ core, caller, id, ifMatch }) => removeModel(core, caller, { id, ifMatch }),
  'models.check': ({ core, id }) => checkModel(core, id),
  'model_servers.look': ({ core, body }) => lookAtServer(core, body),
  'models.disable': ({ core, caller, id, ifMatch }) =>
    switchModel(core, caller, { id, enabled: false, ifMatch }),
  'models.enable': ({ core, caller, id, ifMatch }) =>
    switchModel(core, caller, { id, enabled: true, ifMatch }),

  'breakers.list': ({ core, ...call }) => {
    const all = showBreakers(core).map((breaker) => ({ id: breaker.model_id, breaker }));
    const { items, next_cursor } = pageById(all, { ...call, list: 'breakers' });
    return { items: items.map(({ breaker }) => breaker), next_cursor };
  },
  'breakers.open': ({ core, caller, id }) => forceBreaker(core, caller, { id, action: 'open' }),
  'breakers.close': ({ core, caller, id }) => forceBreaker(core, caller, { id, action: 'close' }),
  'breakers.reset': ({ core, caller, id }) => forceBreaker(core, caller, { id, action: 'reset' }),

  'routes.list': ({ core, ...call }) => {
    const state = core.door.state();
    const all = Array.from(state.routes.keys(), (id) => answerRoute(state, id, core.ownership));
    return pageById(all, { ...call, list: 'routes' });
  },
  'routes.create': ({ core, caller, body }) => createRoute(core, caller, body),
  'routes.get': ({ core, id }) => answerRoute(core.door.state(), id, core.ownership),
  'routes.update': ({ core, caller, id, body, ifMatch }) =>
    updateRoute(core, caller, { id, patch: body, ifMatch }),
  'routes.delete': ({ core, caller, id, ifMatch }) => removeRoute(core, caller, { id, ifMatch }),
  'routes.disable': ({ core, caller, id, ifMatch }) =>
    switchRoute(core, caller, { id, enabled: false, ifMatch }),
  'routes.enable': ({ core, caller, id, ifMatch }) =>
    switchRoute(core, caller, { id, enabled: true, ifMatch }),
  'routes.rollback': ({ core, caller, id, body, ifMatch }) =>
    rollbackRoute(core, caller, { id, ...body, ifMatch }),
  'routes.explain': ({ core, id, query }) => explainUser(core, id, query),
  'routes.explain_list': ({ core, id, body }) => explainUsers(core, id, body),

  'experiments.list': ({ core, ...call }) => {
    const state = core.door.state();
    const all = Array.from(state.experiments.keys(), (id) => answerExperiment(state, id));
    return pageById(all, { ...call, list: 'experiments' });
  },
  'experiments.create': ({ core, caller, body }) => createExperiment(core, caller, body),
  'experiments.get': ({ core, id }) => answerExperiment(core.door.state(), id),
  'experiments.update': ({ core, caller, id, body, ifMatch }) =>
    updateExperiment(core, caller, { id, patch: body, ifMatch }),
  'experiments.delete': ({ core, caller, id, ifMatch }) => removeExperiment(core, caller, { id, ifMatch }),
  'experiments.start': ({ core, caller, id, ifMatch }) => startExperiment(core, caller, { id, ifMatch }),
  'experiments.stop': ({ core, caller, id, ifMatch }) => stopExperiment(core, caller, { id, ifMatch }),
  'experiments.archive': ({ core, caller, id, ifMatch }) => archiveExperiment(core, caller, { id, ifMatch }),

  'rollouts.list': ({ core, ...call }) =>
    pageById(listRollouts(core, core.door.state()), { ...call, list: 'rollouts' }),
  'rollouts.create': async ({ core, caller, body }) =>
    withOutlook(core, await createRollout(core, caller, body)),
  'rollouts.get': ({ core, id }) => withOutlook(core, answerRollout(core, core.door.state(), id)),
  'rollouts.events': ({ core, id, ...call }) =>
    pageOfHistory(
      { ...call, list: `rollouts/${id}` },
      (event) => event.version,
      (page) => rolloutEvents(core, id, page),
    ),
  'rollouts.start': (call) => command('start', call),
  'rollouts.pause': (call) => command('pause', call),
  'rollouts.resume': (call) => command('resume', call),
  'rollouts.approve': (call) => command('approve', call),
  'rollouts.promote': (call) => command('promote', call),
  'rollouts.promote-full': (call) => command('promote-full', call),
  'rollouts.step-back': (call) => command('step-back', call),
  'rollouts.abort': (call) => command('abort', call),
  'rollouts.retry': (call) => command('retry', call),
  'rollouts.cancel': (call) => command('cancel', call),

  'config.get': ({ core }) => showConfig(core.door.state()),
  'config.replace': ({ core, caller, query, body, ifMatch }) =>
    replaceConfig(core, caller, { config: body, dryRun: query.dry_run ?? false, ifMatch }),
  'config.versions': ({ core, ...call }) =>
    pageOfHistory(
      { ...call, list: 'versions' },
      (entry) => entry.config_version,
      (page) => versionList(core, page),
    ),
  'config.rollback': ({ core, caller, body, ifMatch }) => rollbackConfig(core, caller, { ...body, ifMatch }),

  'settings.get': ({ core }) => answerSettings(core.door.state(), core.ownership),
  'settings.update': ({ core, caller, body, ifMatch }) => {
    const { id, version, managed_by: _m, config_version: _c, ...patch } = body;
    return updateSettings(core, caller, { patch, id, version, ifMatch });
  },
  'intents.get': ({ core }) => answerIntents(core.door.state(), core.ownership),
  'intents.replace': ({ core, caller, body, ifMatch }) => replaceIntents(core, caller, { ...body, ifMatch }),

  'reviews.list': ({ core, ...call }) =>
    pageById(
      Array.from(core.door.state().reviews.keys(), (id) => answerReview(core, id)),
      { ...call, list: 'reviews' },
    ),
  'reviews.create': ({ core, caller, body }) => createReview(core, caller, body),
  'reviews.get': ({ core, id }) => answerReview(core, id),
  'reviews.delete': ({ core, caller, id, ifMatch }) => removeReview(core, caller, { id, ifMatch }),
  'reviews.next': ({ core, caller, id }) => nextToRate(core, caller, id),
  'reviews.rate': ({ core, caller, id, item, body }) =>
    rateItem(core, caller, { id, itemId: item, verdict: body }),
  'reviews.result': ({ core, id }) => resultOf(reviewOf(core.door.state(), id).document),
  'reviews.export': ({ core, id }) => exportRatings(reviewOf(core.door.state(), id).document),

  'keys.list': ({ core, ...call }) =>
    pageById(Array.from(core.door.state().keys.values(), answerKey), { ...call, list: 'keys' }),
  'keys.create': ({ core, caller, body }) => createKey(core, caller, body),
  'keys.delete': ({ core, caller, id }) => removeKey(core, caller, id),

  'alert_channels.list': ({ core, ...call }) => {
    const state = core.door.state();
    const all = Array.from(state.alertChannels.keys(), (id) => answerChannel(state, id));
    return pageById(all, { ...call, list: 'alert_channels' });
  },
  'alert_channels.create': ({ core, caller, body }) => createChannel(core, caller, body),
  'alert_channels.get': ({ core, id }) => answerChannel(core.door.state(), id),
  'alert_channels.update': ({ core, caller, id, body, ifMatch }) =>
    updateChannel(core, caller, { id, patch: body, ifMatch }),
  'alert_channels.delete': ({ core, caller, id, ifMatch }) => removeChannel(core, caller, { id, ifMatch }),
  'alert_channels.test': ({ core, caller, id }) => tryChannel(core, caller, id),
  'alert_rules.list': ({ core, ...call }) => {
    const state = core.door.state();
    const all = Array.from(state.alertRules.keys(), (id) => answerRule(state, id));
    return pageById(all, { ...call, list: 'alert_rules' });
  },
  'alert_rules.create': ({ core, caller, body }) => createRule(core, caller, body),
  'alert_rules.get': ({ core, id }) => answerRule(core.door.state(), id),
  'alert_rules.update': ({ core, caller, id, body, ifMatch }) =>
    updateRule(core, caller, { id, patch: body, ifMatch }),
  'alert_rules.delete': ({ core, caller, id, ifMatch }) => removeRule(core, caller, { id, ifMatch }),
  'alerts.list': async ({ core, ...call }) => {
    const { state, delivery = null } = call.query;
    const isOpen = state === undefined ? null : state === 'open';
    const { items, next_cursor } = await pageOfHistory(
      { ...call, list: 'alerts' },
      (alert: ListedAlert) => alert.number,
      (page) => core.alertStore.list({ ...page, isOpen, delivery }),
    );
    return { items: items.map(answerAlert), next_cursor };
  },

  'session.chat_key': ({ core, caller }) => ({ key: chatKeyFor(core, caller) }),
  'live.open': ({ core }) => core.live.open(),
  'session.end': ({ core, caller }) => ({
    ended: caller.session !== undefined && core.sessions.end(caller.session.token),
  }),

  'audit.list': ({ core, ...call }) =>
    pageOfHistory(
      { ...call, list: 'audit' },
      (entry) => entry.id,
      (page) => auditList(core, page),
    ),
};

function command(
  name: CommandRollout['name'],
  {
    core,
    caller,
    id,
    body,
    ifMatch,
  }: Pick<Call<'rollouts.pause'>, 'core' | 'caller' | 'id' | 'body' | 'ifMatch'>,
) {
  return commandRollout(core, caller, { id, name, body, ifMatch });
}
