import { type Measurement, measurements } from '@nootropic/core'
import { expect, test } from 'vitest'
import { createRecorder } from '../src/recorder.ts'

const duration = (attributes: Record<string, string>, value = 0.01): Measurement => ({
  ...measurements.inferenceDuration,
  value,
  attributes,
})

test('the order of attributes makes no second series', () => {
  const recorder = createRecorder()
  recorder.record(duration({ model: 'digits', outcome: 'ok' }))
  recorder.record(duration({ outcome: 'ok', model: 'digits' }))
  recorder.record(duration({ outcome: 'ok', model: 'digits' }))
  const [instrument] = recorder.instruments()
  expect(instrument?.series.map(({ attributes, histogram }) => [attributes, histogram.count])).toEqual([
    [{ model: 'digits', outcome: 'ok' }, 3],
  ])
})

test('attributes whose parts join to the same text stay apart', () => {
  const recorder = createRecorder()
  recorder.record(duration({ a: 'b', c: '' }))
  recorder.record(duration({ a: 'b' }))
  recorder.record(duration({ a: 'bc', '': '' }))
  recorder.record(duration({ a: '","b' }))
  expect(recorder.instruments()[0]?.series).toHaveLength(4)
})

test('a flood of attributes ends in one overflow series and loses no count', () => {
  const recorder = createRecorder()
  for (let index = 0; index < 20_000; index += 1) recorder.record(duration({ model: `m${index}`, outcome: 'ok' }))
  for (let index = 0; index < 500; index += 1) recorder.record(duration({ model: `m${index}`, outcome: 'ok' }))
  const series = recorder.instruments()[0]?.series ?? []
  expect(series).toHaveLength(1001)
  const overflow = series.filter(({ attributes }) => attributes['otel.metric.overflow'] === 'true')
  expect(overflow.map(({ histogram }) => histogram.count)).toEqual([19_000])
  expect(series.reduce((sum, { histogram }) => sum + histogram.count, 0)).toBe(20_500)
})

test('long texts and long lists of attributes are not kept', () => {
  const recorder = createRecorder()
  recorder.record(duration({ model: 'x'.repeat(100_000) }))
  recorder.record(duration(Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`k${index}`, 'v']))))
  expect(recorder.instruments()[0]?.series.map(({ attributes }) => attributes)).toEqual([
    { 'otel.metric.overflow': 'true' },
  ])
})

test('a flood of names and a second unit under one name are dropped and counted', () => {
  const recorder = createRecorder()
  for (let index = 0; index < 100; index += 1) {
    recorder.record({ name: `name-${index}`, unit: 's', value: 1, attributes: {} })
  }
  expect(recorder.instruments()).toHaveLength(32)
  expect(recorder.dropped()).toBe(68)
  recorder.record({ name: 'name-0', unit: 'By', value: 1, attributes: {} })
  expect(recorder.dropped()).toBe(69)
  expect(recorder.instruments()[0]?.series[0]?.histogram.count).toBe(1)
})

test('names of Object.prototype are attributes like any other', () => {
  const recorder = createRecorder()
  const attributes = JSON.parse('{"__proto__":"a","constructor":"b"}')
  recorder.record(duration(attributes))
  recorder.record(duration(attributes))
  expect(recorder.instruments()[0]?.series.map(({ histogram }) => histogram.count)).toEqual([2])
})
