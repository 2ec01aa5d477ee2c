import { expect, test } from 'vitest'
import { durationSchema } from '../../src/manifest/values/duration.ts'
import { frequencySchema } from '../../src/manifest/values/frequency.ts'
import { kernelSchema } from '../../src/manifest/values/kernel.ts'
import { modeSchema } from '../../src/manifest/values/mode.ts'
import { pathSchema } from '../../src/manifest/values/path.ts'
import { ratioSchema } from '../../src/manifest/values/ratio.ts'
import { sizeSchema } from '../../src/manifest/values/size.ts'

test('durations become milliseconds', () => {
  const cases = { '100ms': 100, '1.5s': 1500, '0.5s': 500, '30m': 1_800_000, '2h': 7_200_000, '30d': 2_592_000_000 }
  for (const [text, milliseconds] of Object.entries(cases)) expect(durationSchema.parse(text), text).toBe(milliseconds)
  expect(durationSchema.parse('9999999w')).toBeLessThan(Number.MAX_SAFE_INTEGER)
})

test('what is no duration is refused, nothing and negative ones too', () => {
  for (const value of ['0s', '0.0s', '-1s', '5', 5, '1h30m', '1 s', '1S', '01s', '1e3s', '99999999s', 's', '', null]) {
    expect(durationSchema.safeParse(value).success, String(value)).toBe(false)
  }
})

test('ratios are numbers from 0 to 1, a percentage exactly its hundredth', () => {
  const cases: [unknown, number][] = [
    ['80%', 0.8],
    ['0.1%', 0.001],
    ['29%', 0.29],
    ['100%', 1],
    ['0%', 0],
    ['0.01', 0.01],
    [0.01, 0.01],
    [1, 1],
  ]
  for (const [value, ratio] of cases) expect(ratioSchema.parse(value), String(value)).toBe(ratio)
  for (const value of [
    '101%',
    '-1%',
    '80',
    80,
    -0.1,
    1.1,
    '0.1.1',
    '1e-3',
    '%',
    Number.NaN,
    Number.POSITIVE_INFINITY,
  ]) {
    expect(ratioSchema.safeParse(value).success, String(value)).toBe(false)
  }
})

test('sizes become bytes', () => {
  const cases = { '512MiB': 536_870_912, '1kB': 1000, '1KiB': 1024, '2GB': 2_000_000_000, '7B': 7 }
  for (const [text, bytes] of Object.entries(cases)) expect(sizeSchema.parse(text), text).toBe(bytes)
  expect(sizeSchema.parse('999999GiB')).toBeLessThan(Number.MAX_SAFE_INTEGER)
  for (const value of ['0B', '1.5GiB', '512', 512, '1mb', '1 MiB', '1000000GiB', '-1B']) {
    expect(sizeSchema.safeParse(value).success, String(value)).toBe(false)
  }
})

test('kernels have two odd sides', () => {
  expect(kernelSchema.parse('3x5')).toEqual({ width: 3, height: 5 })
  for (const value of ['2x2', '3x', 'x3', '3', '0x3', '-3x3', '3X3', '101x3', '03x3', 3]) {
    expect(kernelSchema.safeParse(value).success, String(value)).toBe(false)
  }
})

test('modes are octal digits, and no mode lets others write or is a number that YAML made of 0o600', () => {
  const cases: [unknown, number][] = [
    [600, 0o600],
    ['600', 0o600],
    ['0600', 0o600],
    [755, 0o755],
    ['0440', 0o440],
  ]
  for (const [value, mode] of cases) expect(modeSchema.parse(value), String(value)).toBe(mode)
  for (const value of [
    666,
    777,
    602,
    620,
    200,
    0,
    6000,
    '4755',
    '0o600',
    0o600,
    0o640,
    0o644,
    0o755,
    0o400,
    -600,
    600.5,
  ]) {
    expect(modeSchema.safeParse(value).success, String(value)).toBe(false)
  }
})

test('named frequencies have the times of crontab(5), others are five cron fields', () => {
  expect(frequencySchema.parse('daily')).toEqual({ name: 'daily', cron: '0 0 * * *' })
  expect(frequencySchema.parse('weekly')).toEqual({ name: 'weekly', cron: '0 0 * * 0' })
  for (const cron of [
    '* * * * *',
    '*/5 0-23/2 1,15 JAN-MAR MON-FRI',
    '30 3 * * 7',
    '0 0 29 2 *',
    '0 0 31 * *',
    '59 23 31 12 6',
  ]) {
    expect(frequencySchema.parse(cron), cron).toEqual({ name: 'cron', cron })
  }
})

test('a frequency that is none, or that never comes round, is refused', () => {
  const malformed = [
    'yearly',
    '@daily',
    '* * * *',
    '* * * * * *',
    '60 * * * *',
    '* 24 * * *',
    '* * 0 * *',
    '* * * 13 *',
  ]
  const odd = [
    '* * * * 8',
    '5/2 * * * *',
    '*/0 * * * *',
    ' * * * * *',
    '*  * * * *',
    '30-10 * * * *',
    '* * * * FRI-MON',
  ]
  const never = ['0 0 31 2 *', '0 0 30 FEB *', '0 0 31 4,6,9,11 *']
  for (const value of [...malformed, ...odd, ...never, `${'1,'.repeat(200)}1 * * * *`, 5]) {
    expect(frequencySchema.safeParse(value).success, String(value)).toBe(false)
  }
})

test('paths keep what they are, and only the known expansions are allowed', () => {
  for (const path of ['~', '~/x', './a b', '/abs', 'C:\\models', '${' + 'env:A_1}/x', 'backup~', '../up']) {
    expect(pathSchema.parse(path)).toBe(path)
  }
  for (const path of [
    '',
    '~root/x',
    '$HOME/x',
    '${' + 'HOME}/x',
    '${' + 'env:}/x',
    '${' + 'env:A-B}',
    'a\u0000b',
    'a\nb',
    5,
  ]) {
    expect(pathSchema.safeParse(path).success, String(path)).toBe(false)
  }
})
