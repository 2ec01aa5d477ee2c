import { canonicalJson, type Event, sha256 } from '@nootropic/core'

// What is kept of events for the evidence of an incident. They come as fast as requests: only the last few of each model,
// only so many models, and no long content (CWE-770).
const eventsPerModel = 50
const maximumModels = 1000
const maximumContentLength = 4096

/** An event as evidence: its digest, and its content where it is short. */
export interface EvidenceEvent {
  readonly id: string
  readonly type: string
  readonly time: string
  /** SHA-256 of the whole event in canonical JSON (RFC 8785). */
  readonly digest: string
  readonly data?: Event['data']
}

/** The last events about each model. */
export interface RecentEvents {
  keep(event: Event): void
  of(model: string): readonly EvidenceEvent[]
}

const isChange = (event: Event): boolean => event.type.startsWith('ai.nootropic.model.')

/** The last events of each of the models that were heard of last. */
const createHistory = () => {
  const byModel = new Map<string, Event[]>()
  return {
    keep(model: string, event: Event): void {
      const kept = byModel.get(model) ?? []
      kept.push(event)
      if (kept.length > eventsPerModel) kept.shift()
      // Deleting first puts the model at the end: the first key is the one that was silent the longest.
      byModel.delete(model)
      byModel.set(model, kept)
      const silent = byModel.size > maximumModels ? byModel.keys().next().value : undefined
      if (silent !== undefined) byModel.delete(silent)
    },
    of: (model: string): readonly Event[] => byModel.get(model) ?? [],
  }
}

/** Keeps the last 50 changes and the last 50 other events of each of the 1,000 models that were heard of last. */
export const createRecentEvents = (): RecentEvents => {
  // Apart, so that a flood of requests, for this model or for names that no model has, cannot push the change out that it
  // hides.
  const changes = createHistory()
  const others = createHistory()
  return {
    keep(event) {
      if (event.subject !== undefined) (isChange(event) ? changes : others).keep(event.subject, event)
    },
    of(model) {
      return [...changes.of(model), ...others.of(model)].map((event) => {
        const { id, type, time, data } = event
        const canonical = canonicalJson(event)
        const digest = sha256(canonical)
        return canonical.length > maximumContentLength ? { id, type, time, digest } : { id, type, time, digest, data }
      })
    },
  }
}
