import { z } from 'zod'

const describe = (meanings: Readonly<Record<string, string>>): string =>
  Object.entries(meanings)
    .map(([choice, meaning]) => `${choice}: ${meaning}.`)
    .join('\n')

const keysOf = <Choice extends string>(meanings: Readonly<Record<Choice, string>>): [Choice, ...Choice[]] =>
  Object.keys(meanings) as [Choice, ...Choice[]]

/** One of the choices, by name; `meanings` says for people what each one does. */
export const choiceSchema = <Choice extends string>(title: string, meanings: Readonly<Record<Choice, string>>) =>
  z.enum(keysOf(meanings)).meta({ title, description: describe(meanings) })

/** A list of names out of the choices: `- latency`. */
export const nameListSchema = <Choice extends string>(title: string, meanings: Readonly<Record<Choice, string>>) =>
  z
    .array(choiceSchema(title, meanings))
    .min(1)
    .meta({ title, description: describe(meanings) })

/** A list of choices that carry nothing else: `- type: audit`. */
export const typeListSchema = <Choice extends string>(title: string, meanings: Readonly<Record<Choice, string>>) =>
  z
    .array(z.strictObject({ type: choiceSchema(title, meanings) }))
    .min(1)
    .meta({ title, description: describe(meanings) })
