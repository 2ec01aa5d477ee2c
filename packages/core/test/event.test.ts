import { expect, test } from 'vitest'
import { createEventBus, createManualClock, type Event, eventSchema } from '../src/index.ts'

const createBus = (onError: (error: unknown) => void = (error) => expect.unreachable(String(error))) => {
  let ids = 0
  return createEventBus({
    clock: createManualClock('2026-01-02T03:04:05Z'),
    random: { bytes: (length) => Buffer.alloc(length), uuid: () => `id-${++ids}` },
    onError,
  })
}

test('an event is a CloudEvent and reaches the subscribers of its prefix only', async () => {
  const bus = createBus()
  const models: Event[] = []
  const alerts: Event[] = []
  bus.subscribe('ai.nootropic.model.', (event) => void models.push(event))
  bus.subscribe('ai.nootropic.alert.', (event) => void alerts.push(event))
  await bus.publish({
    source: '/nootropic/runtime',
    type: 'ai.nootropic.model.registered',
    subject: 'digits',
    data: {},
  })
  expect(alerts).toEqual([])
  expect(models).toEqual([
    {
      specversion: '1.0',
      id: 'id-1',
      source: '/nootropic/runtime',
      type: 'ai.nootropic.model.registered',
      subject: 'digits',
      time: '2026-01-02T03:04:05.000Z',
      data: {},
    },
  ])
  expect(eventSchema.parse(models[0])).toEqual(models[0])
})

test('a subscriber that throws is reported and stops nobody else', async () => {
  const errors: unknown[] = []
  const bus = createBus((error) => errors.push(error))
  let reached = 0
  bus.subscribe('', () => {
    throw new Error('first')
  })
  bus.subscribe('', async () => {
    reached += 1
  })
  await bus.publish({ source: '/nootropic/test', type: 'ai.nootropic.test', data: {} })
  expect(reached).toBe(1)
  expect(errors).toHaveLength(1)
})

test('after unsubscribing nothing arrives', async () => {
  const bus = createBus()
  let reached = 0
  const stop = bus.subscribe('', () => {
    reached += 1
  })
  stop()
  await bus.publish({ source: '/nootropic/test', type: 'ai.nootropic.test', data: {} })
  expect(reached).toBe(0)
})
