import { type Directory, directorySchema, indexRules, type Rule, ruleSchema } from '@nootropic/access'
import { isNootropicError, NootropicError } from '@nootropic/core'
import { manifestLimits, parseSettings } from '@nootropic/core/manifest'
import { z } from 'zod'
import { parseJson } from './parse-json.ts'

/** A policy as a file has it. */
export interface PolicyDocument {
  readonly rules: readonly Rule[]
  readonly directory: Directory
}

const documentSchema = z
  .strictObject({ rules: z.array(ruleSchema), directory: directorySchema.default({}) })
  .superRefine(({ rules, directory }, context) => {
    const ids = new Set<string>()
    const groups = new Set(directory.resourceGroups?.map(({ name }) => name))
    rules.forEach(({ id, resource }, index) => {
      const refuse = (path: string[], message: string): void =>
        context.addIssue({ code: 'custom', path: ['rules', index, ...path], message })
      if (ids.has(id)) refuse(['id'], 'expected each rule id once')
      ids.add(id)
      if ('group' in resource && !groups.has(resource.group)) {
        refuse(['resource', 'group'], 'expected a resource group of the directory')
      }
    })
  })

/**
 * What a file of rules says, YAML or JSON. A file longer than a manifest may be is JSON, and its problems are told without
 * their lines.
 *
 * @param path as the user named it.
 * @throws NootropicError `CONFIGURATION_INVALID` with every problem and, where it has one, its place.
 */
export const parsePolicyDocument = (path: string, text: string): PolicyDocument => {
  const document =
    Buffer.byteLength(text) > manifestLimits.fileBytes
      ? parseJson(documentSchema, text, { path, expected: 'rules', code: 'CONFIGURATION_INVALID' })
      : parseSettings(documentSchema, { path, text })
  try {
    // What is wrong between groups has no one place: a group within itself, or too many levels.
    indexRules(document.rules, document.directory)
  } catch (cause) {
    if (!isNootropicError(cause, 'CONFIGURATION_INVALID')) throw cause
    throw new NootropicError(cause.code, `${path}: ${cause.message}`, { cause })
  }
  return document
}
