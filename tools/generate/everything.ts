import { errorsPage } from './errors-page.ts'
import type { GeneratedFile } from './generated-file.ts'
import { jsonSchemas } from './json-schemas.ts'
import { manifestsPage } from './manifests-page.ts'

/** Every generated file of the repository. */
export const everything = (): GeneratedFile[] => [...jsonSchemas(), errorsPage(), manifestsPage()]

/** Directories in which nothing but generated files stands. */
export const ownedDirectories = ['schema/v1'] as const
