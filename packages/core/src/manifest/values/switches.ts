import { z } from 'zod'

/** A group of switches that are all on unless they are switched off; `meanings` says for people what each one does. */
export const switchesSchema = <Name extends string>(title: string, meanings: Readonly<Record<Name, string>>) => {
  const entries = Object.entries<string>(meanings).map(([name, meaning]) => [
    name,
    z.boolean().default(true).meta({ title: name, description: meaning }),
  ])
  return groupSchema(title, Object.fromEntries(entries) as { [Key in Name]: z.ZodDefault<z.ZodBoolean> })
}

/** A group of settings that all have defaults, and so may be left out. */
export const groupSchema = <Shape extends z.ZodRawShape>(title: string, shape: Shape) =>
  z
    .strictObject(shape)
    .prefault({} as never)
    .meta({ title, description: `${title}: ${Object.keys(shape).join(', ')}.` })
