import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { ManifestText } from '../../src/manifest/index.ts'

/** The manifests that `nootropic init` writes. */
export const templateDirectory = fileURLToPath(new URL('../../../nootropic/manifests/', import.meta.url))

export const templates: readonly ManifestText[] = readdirSync(templateDirectory)
  .sort()
  .map((path) => ({ path, text: readFileSync(`${templateDirectory}${path}`, 'utf8') }))

/** The text of one template. */
export const template = (path: string): string => {
  const found = templates.find((candidate) => candidate.path === path)
  if (found === undefined) throw new Error(`no template ${path}`)
  return found.text
}

/** A document of a kind with this spec, in flow style (JSON is YAML). */
export const manifestText = (kind: string, spec: unknown, name = 'test'): string =>
  JSON.stringify({ apiVersion: 'security.nootropic.ai/v1', kind, metadata: { name }, spec })
