import { z } from 'zod'
import type { Clock } from './clock.ts'
import { jsonSchema, wellFormedJson } from './json.ts'
import type { Random } from './random.ts'

/** The schema of {@link Event}. */
export const eventSchema = z.strictObject({
  specversion: z.literal('1.0'),
  id: z.string().min(1),
  /** Which part speaks: `/nootropic/runtime`. */
  source: z.string().startsWith('/nootropic/'),
  /** What happened, past tense: `ai.nootropic.model.registered`. */
  type: z.string().startsWith('ai.nootropic.'),
  /** What it happened to: a model name, an incident id. */
  subject: z.string().optional(),
  /** RFC 3339, UTC. */
  time: z.string(),
  data: z.record(z.string(), jsonSchema),
})
/** A CloudEvents 1.0 event with JSON data. */
export type Event = z.infer<typeof eventSchema>

/** What a publisher says of an event; id and time are filled in. */
export interface EventContent {
  readonly source: Event['source']
  readonly type: Event['type']
  readonly subject?: string
  readonly data: Event['data']
}

/** Hands events to whoever asked for them. Nobody reaches back through it. */
export interface EventBus {
  /** Resolves when every subscriber has been called. A subscriber that throws does not stop the others. */
  publish(content: EventContent): Promise<Event>
  /** Calls `subscriber` for each event whose type starts with `prefix`. Returns the call that ends it. */
  subscribe(prefix: string, subscriber: (event: Event) => void | Promise<void>): () => void
}

/**
 * An event bus inside this process.
 *
 * @param options.onError is told of a subscriber that threw, with the event it threw on.
 */
export const createEventBus = (options: {
  clock: Clock
  random: Random
  onError: (error: unknown, event: Event) => void
}): EventBus => {
  const subscribers = new Set<{ prefix: string; call: (event: Event) => void | Promise<void> }>()
  return {
    async publish(content) {
      const event: Event = wellFormedJson({
        specversion: '1.0' as const,
        id: options.random.uuid(),
        source: content.source,
        type: content.type,
        ...(content.subject === undefined ? {} : { subject: content.subject }),
        time: options.clock.now().toISOString(),
        data: content.data,
      })
      for (const subscriber of [...subscribers]) {
        if (!event.type.startsWith(subscriber.prefix)) continue
        try {
          await subscriber.call(event)
        } catch (error) {
          options.onError(error, event)
        }
      }
      return event
    },
    subscribe(prefix, call) {
      const subscriber = { prefix, call }
      subscribers.add(subscriber)
      return () => subscribers.delete(subscriber)
    },
  }
}
