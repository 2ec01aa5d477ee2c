import type { Frequency } from '@nootropic/core/manifest'

const dayMs = 24 * 60 * 60 * 1000

/** 29 February comes round within eight years, across a century that skips one. */
const longestWaitDays = 8 * 366

const monthNames = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC']
const dayNames = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT']

const numberOf = (text: string): number => {
  if (monthNames.includes(text)) return monthNames.indexOf(text) + 1
  return dayNames.includes(text) ? dayNames.indexOf(text) : Number(text)
}

/** The values that a field of a cron expression names: `1-5`, `*` with a step of 10, `MON,THU`. */
const valuesOf = (field: string, least: number, greatest: number): readonly number[] =>
  field.split(',').flatMap((item) => {
    const [range = '', step = '1'] = item.split('/')
    const [first, last = first] = range === '*' ? [least, greatest] : range.split('-').map(numberOf)
    const values: number[] = []
    for (let value = first ?? least; value <= (last ?? greatest); value += Number(step)) values.push(value)
    return values
  })

/**
 * The first time after `after` that a schedule names, in UTC; the rules are those of crontab(5): where both a day of the month
 * and a weekday are named, either will do.
 */
export const nextOccurrence = ({ cron }: Frequency, after: Date): Date => {
  const [minutes = '*', hours = '*', days = '*', months = '*', weekdays = '*'] = cron.split(' ')
  const minuteValues = valuesOf(minutes, 0, 59)
  const hourValues = valuesOf(hours, 0, 23)
  const dayValues = valuesOf(days, 1, 31)
  const monthValues = valuesOf(months, 1, 12)
  const weekdayValues = valuesOf(weekdays, 0, 6).map((value) => value % 7)
  const isDay = (date: Date): boolean => {
    if (!monthValues.includes(date.getUTCMonth() + 1)) return false
    const isMonthDay = dayValues.includes(date.getUTCDate())
    const isWeekday = weekdayValues.includes(date.getUTCDay())
    return days.startsWith('*') || weekdays.startsWith('*') ? isMonthDay && isWeekday : isMonthDay || isWeekday
  }
  const midnight = Math.floor(after.getTime() / dayMs) * dayMs
  for (let day = 0; day <= longestWaitDays; day += 1) {
    const date = midnight + day * dayMs
    if (!isDay(new Date(date))) continue
    const times = hourValues.flatMap((hour) => minuteValues.map((minute) => date + (hour * 60 + minute) * 60_000))
    const next = times.filter((time) => time > after.getTime()).sort((left, right) => left - right)[0]
    if (next !== undefined) return new Date(next)
  }
  throw new RangeError(`expected a schedule that comes round, found "${cron}"`)
}
