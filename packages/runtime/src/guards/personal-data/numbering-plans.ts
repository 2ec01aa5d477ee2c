import { type CountryCode, getCountries, Metadata } from 'libphonenumber-js/core'
import plans from 'libphonenumber-js/metadata.max.json'

/** What the library knows of a plan; its declarations leave these out. */
interface NumberingPlan {
  types(): unknown
  type(name: string): { pattern(): string } | undefined
  nationalNumberPattern(): string
  nationalPrefixForParsing(): string | undefined
  possibleLengths(): readonly number[]
}

const typeNames = ['FIXED_LINE', 'MOBILE', 'TOLL_FREE', 'PREMIUM_RATE', 'PERSONAL_NUMBER', 'VOIP', 'UAN', 'SHARED_COST']

const planOf = (country: CountryCode): NumberingPlan => {
  const metadata = new Metadata(plans)
  metadata.selectNumberingPlan(country)
  return metadata.numberingPlan as unknown as NumberingPlan
}

/** All numbers of a country as one expression over digits alone, of at most 17 of them. */
const nationalPattern = (country: CountryCode): string => {
  const plan = planOf(country)
  const patterns = typeNames.flatMap((name) => plan.type(name)?.pattern() ?? [])
  return `(?:${patterns.length > 0 ? patterns.join('|') : plan.nationalNumberPattern()})`
}

const codeOf = (country: CountryCode): string =>
  Object.entries(plans.country_calling_codes).find(([, countries]) => countries.includes(country))?.[0] ?? ''

/** What is known of the numbers behind a calling code. */
interface CallingCode {
  readonly pattern: RegExp
  /** Numbers of digits that occur, as a set of bits. */
  readonly lengths: number
}

const callingCodes = new Map<string, CallingCode | undefined>()
const longestCode = 3

/** The numbers behind a calling code. Compiled when a code is first met: there are some 215. */
const callingCode = (code: string): CallingCode | undefined => {
  if (callingCodes.has(code)) return callingCodes.get(code)
  const countries = plans.country_calling_codes[code]
  const known = countries && {
    pattern: new RegExp(`^(?:${countries.map(nationalPattern).join('|')})$`),
    lengths: countries
      .flatMap((country) => planOf(country).possibleLengths())
      .reduce((set, length) => set | (1 << length), 0),
  }
  callingCodes.set(code, known)
  return known
}

/** A calling code and what the digits behind it are: a number of its plan, or only as long as one. */
const assessInternational = (digits: string): 'number' | 'as long as one' | undefined => {
  for (let length = 1; length <= longestCode; length += 1) {
    const code = callingCode(digits.slice(0, length))
    if (code === undefined) continue
    const national = digits.slice(length)
    if (code.pattern.test(national)) return 'number'
    return (code.lengths & (1 << national.length)) !== 0 ? 'as long as one' : undefined
  }
  return undefined
}

/** Whether the digits are a calling code and a number of its plan. */
export const isInternational = (digits: string): boolean => assessInternational(digits) === 'number'

// Without an area code.
const longestLocal = 8

/** Whether they are a calling code and as many digits as its plan has numbers of. */
export const mayBeInternational = (digits: string): boolean =>
  digits.length > longestLocal && assessInternational(digits) !== undefined

/** Countries whose numbers are looked for without a calling code unless the host names others. */
export const defaultPhoneRegions: readonly string[] = [
  ...['US', 'GB', 'DE', 'FR', 'ES', 'IT', 'NL', 'BE', 'PT', 'PL', 'AT', 'CH', 'SE', 'IE', 'BR', 'MX', 'IN', 'AU', 'CN'],
  ...['JP', 'KR', 'RU', 'ZA'],
]

const countries: ReadonlySet<string> = new Set(getCountries(plans))

/** Whether there is a plan of this country (ISO 3166-1 alpha-2). */
export const isPhoneRegion = (region: string): region is CountryCode => countries.has(region)

const nationalExpressions = new Map<string, RegExp>()

/** The numbers of a country as they are dialled inside. */
const dialledPattern = (country: CountryCode): string => {
  const prefix = codeOf(country) === '1' ? '1' : planOf(country).nationalPrefixForParsing()
  return prefix === undefined || prefix === '' ? nationalPattern(country) : `(?:${prefix})?${nationalPattern(country)}`
}

/** Whether the digits are a number of one of the regions as it is dialled inside. One expression for all of them. */
export const createNationalCheck = (regions: readonly string[]): ((digits: string) => boolean) => {
  const key = regions.join()
  const pattern =
    nationalExpressions.get(key) ?? new RegExp(`^(?:${regions.filter(isPhoneRegion).map(dialledPattern).join('|')})$`)
  nationalExpressions.set(key, pattern)
  return (digits) => pattern.test(digits)
}
