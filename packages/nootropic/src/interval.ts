import { NootropicError } from '@nootropic/core'

// setInterval takes what is beyond 24 days as a millisecond; a round a day is the least that is of use.
const maximumSeconds = 86_400

/**
 * How many seconds lie between two rounds of something; 0 for never.
 *
 * @throws NootropicError `CONFIGURATION_INVALID` for another value: a timer that never fires would not be noticed
 */
export const verifyInterval = (name: string, seconds: number): number => {
  const isNumber = typeof seconds === 'number'
  if (isNumber && (seconds === 0 || (seconds >= 0.001 && seconds <= maximumSeconds))) return seconds
  const message = `expected ${name} to be 0 or seconds up to ${maximumSeconds}, found ${String(seconds)}`
  throw new NootropicError('CONFIGURATION_INVALID', `${message}; leave it out for the default`)
}
