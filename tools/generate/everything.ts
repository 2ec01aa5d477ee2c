import { errorsPage } from './errors-page.ts'
import type { GeneratedFile } from './generated-file.ts'
import { jsonSchemas } from './json-schemas.ts'
import { manifestsPage } from './manifests-page.ts'
import { ruleDirectories, rulePages } from './rule-pages.ts'

/** Every generated file of the repository. */
export const everything = (): GeneratedFile[] => [...jsonSchemas(), errorsPage(), manifestsPage(), ...rulePages()]

/** Directories in which nothing but generated files stands. */
export const ownedDirectories: readonly string[] = ['schema/v1', ...ruleDirectories()]
