/** Stored facts of processes and workloads, joined to the events that carry their keys. */
import type { Event } from './event.ts';

/**
 * @param event what happened; its values win over facts
 * @param facts of the subject and of the workload: events of kind 0
 */
export function joinFacts(event: Event, ...facts: readonly Event[]): Event {
  const values = new Map(facts.flatMap((fact) => [...fact.values]));
  for (const [id, value] of event.values) values.set(id, value);
  return { ...event, values };
}
