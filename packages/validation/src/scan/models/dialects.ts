import type { Dialect } from '../configuration/dialect.ts'
import { coremlPackageDialect } from './coreml-package.ts'
import { mxnetSymbolDialect } from './mxnet.ts'

/** JSON documents of this room. */
export const modelsDialects: readonly Dialect[] = [mxnetSymbolDialect, coremlPackageDialect]
