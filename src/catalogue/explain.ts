/** Explains which upstream requests an operation plans and sends: as data, as text and as a diagram. */
import type { Session } from './catalogue.js';
import type { MadeCall } from './profiles/metered-client.js';
import type { PlanStep } from './plan/plan.js';

export interface Explanation {
  readonly profile: string;
  /** The number of upstream requests if all lists have their usual length. */
  readonly need: number;
  readonly estimated: number;
  readonly steps: readonly PlanStep[];
  readonly calls: readonly MadeCall[];
  readonly text: string;
  /** A Mermaid flowchart. */
  readonly mermaid: string;
}

export function explain({ plan, calls, receipt }: Session): Explanation {
  const { profile, need, steps } = plan;
  const { estimated } = receipt();
  return {
    profile,
    need,
    estimated,
    steps,
    calls,
    text: [
      `${profile}: needs ${need}, at most ${estimated} requests; ${calls.reduce((sum, { sends }) => sum + sends, 0)} sent`,
      ...steps.map((step) => `  ${step.asks} for ${step.of}: needs ${step.need}, at most ${step.granted}`),
      ...calls.map((call) => `  → ${call.asks}: ${call.status}, ${sizeOf(call)}`),
    ].join('\n'),
    mermaid: [
      'flowchart LR',
      `  operation(["${profile}: ${need} to ${estimated} requests"])`,
      ...steps.map(
        (step, index) =>
          `  operation --> s${index}["${quoted(step.asks)}<br>for ${step.of}, at most ${step.granted}"]`,
      ),
      ...calls.map(
        (call, index) =>
          `  ${ownerOf(call, steps)} --> c${index}(["${quoted(call.asks)}<br>${sizeOf(call)}"])`,
      ),
    ].join('\n'),
  };
}

function sizeOf({ entries, bytes, ms, sends }: MadeCall): string {
  return `${entries} entries, ${bytes} bytes, ${ms} ms${sends === 0 ? ', cached' : ''}`;
}

/** Returns the plan step that an upstream call belongs to. */
function ownerOf({ asks }: MadeCall, steps: readonly PlanStep[]): string {
  const shape = asks.replace(/\/[^/?]+\/\$/, '/{id}/$').replace(/ \(\d+\).*|:.*|&.*/, '');
  const index = steps.findIndex((step) => step.asks.replace(' (included)', '') === shape);
  return index < 0 ? 'operation' : `s${index}`;
}

function quoted(text: string): string {
  return text.replaceAll('"', "'");
}
