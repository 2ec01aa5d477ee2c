import { z } from 'zod'
import { textSchema } from './text.ts'

// The times that crontab(5) gives @hourly, @daily, @weekly and @monthly.
const named = { hourly: '0 * * * *', daily: '0 0 * * *', weekly: '0 0 * * 0', monthly: '0 0 1 * *' } as const

/** How often something runs. `cron` holds five fields (crontab(5)), for the named frequencies too. */
export interface Frequency {
  readonly name: keyof typeof named | 'cron'
  readonly cron: string
}

const monthNames = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC']
const dayNames = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT']
/** The longest that each month gets. */
const monthDays = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

const field = (value: string): string => {
  const item = `(\\*(/[1-9][0-9]?)?|(${value})(-(${value})(/[1-9][0-9]?)?)?)`
  return `${item}(,${item})*`
}
const pattern = new RegExp(
  `^${[
    '[1-5]?[0-9]',
    '1?[0-9]|2[0-3]',
    '[1-9]|[12][0-9]|3[01]',
    `[1-9]|1[0-2]|${monthNames.join('|')}`,
    `[0-7]|${dayNames.join('|')}`,
  ]
    .map(field)
    .join(' ')}$`,
)

const numberOf = (text: string): number => {
  if (monthNames.includes(text)) return monthNames.indexOf(text) + 1
  return dayNames.includes(text) ? dayNames.indexOf(text) : Number(text)
}

/** The first and last value of each item of a field, or undefined for one that starts with `*`. */
const rangesOf = (text: string): ([number, number] | undefined)[] =>
  text.split(',').map((item) => {
    const [range = ''] = item.split('/')
    if (range === '*') return undefined
    const [first = '', last = first] = range.split('-')
    return [numberOf(first), numberOf(last)]
  })

const hasRisingRanges = (cron: string): boolean =>
  cron.split(' ').every((text) => rangesOf(text).every((range) => range === undefined || range[0] <= range[1]))

// 31 February never comes, and a check on it would silently never run.
const comesRound = (cron: string): boolean => {
  const [, , days = '*', months = '*', weekdays = '*'] = cron.split(' ')
  const firstDays = rangesOf(days)
  if (weekdays !== '*' || firstDays.includes(undefined)) return true
  const monthRanges = rangesOf(months).map((range) => range ?? [1, 12])
  return monthDays.some(
    (length, index) =>
      monthRanges.some(([first = 1, last = 12]) => first <= index + 1 && index + 1 <= last) &&
      firstDays.some((range) => range !== undefined && range[0] <= length),
  )
}

const expected =
  'expected one of hourly, daily, weekly, monthly, or five cron fields (minute hour day month weekday) such as "30 3 * * MON"'

const cronSchema = textSchema(pattern, expected)
  .max(256, 'expected a cron expression of at most 256 characters')
  .refine(hasRisingRanges, 'expected cron ranges that rise, such as 1-5')
  .refine(comesRound, 'expected a cron day that some chosen month has')

/** `hourly`, `daily`, `weekly`, `monthly` or a five-field cron expression → {@link Frequency}. */
export const frequencySchema = z
  .union([z.enum(['hourly', 'daily', 'weekly', 'monthly'], expected), cronSchema], expected)
  .transform(
    (text): Frequency =>
      text in named
        ? { name: text as keyof typeof named, cron: named[text as keyof typeof named] }
        : { name: 'cron', cron: text },
  )
