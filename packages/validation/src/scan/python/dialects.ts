import type { Dialect } from '../configuration/dialect.ts'
import { skopsDialect } from './skops.ts'

/** JSON documents of Python libraries. */
export const pythonDialects: readonly Dialect[] = [skopsDialect]
