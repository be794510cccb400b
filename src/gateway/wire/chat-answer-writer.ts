import { type AnswerWriter, usageJson } from './answer-writer.ts';
import type { AnswerMeta } from './wire.ts';

/** Writes an answer as Sluice's own `/v1/chat` gives it. */
export function chatAnswerWriter(meta: AnswerMeta): AnswerWriter {
  const event = (json: object): string => `data: ${JSON.stringify(json)}\n\n`;
  return {
    delta({ text, thinking }) {
      if (text === '' && thinking === '') return '';
      return event({ delta: { content: text, ...(thinking === '' ? {} : { thinking }) } });
    },
    finish({ finish, usage }) {
      const assignment = assignmentJson(meta);
      return event({ done: true, finish_reason: finish, usage: usageJson(usage), assignment });
    },
    whole({ text, thinking }, { finish, usage }) {
      return JSON.stringify({
        id: meta.requestId,
        model_id: meta.modelId,
        session_id: meta.sessionId,
        message: { role: 'assistant', content: text, ...(thinking === '' ? {} : { thinking }) },
        finish_reason: finish,
        usage: usageJson(usage),
        assignment: assignmentJson(meta),
      });
    },
  };
}

function assignmentJson({ assignment }: AnswerMeta): object {
  return {
    route_id: assignment.routeId,
    reason: assignment.reason,
    bucket: assignment.bucket,
    assigned_model_id: assignment.assignedModelId,
    fallback: assignment.fallback,
    config_version: assignment.configVersion,
  };
}
