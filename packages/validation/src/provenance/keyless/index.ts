export { type KeylessOptions, trustKeyless } from './trust-keyless.ts'
