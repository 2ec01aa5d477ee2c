import { type Component, createModelBom } from '@nootropic/validation/sbom'
import { textOption, type Verb } from '../verb.ts'
import { ignoreOption, modelOperand } from './model-paths.ts'
import { createOutput, verifyNewOutput } from './write-output.ts'

const valuesOf = (properties: Component['properties'], name: string): readonly string[] =>
  (properties ?? []).filter((property) => property.name === name).map(({ value }) => value)

export const sbom: Verb = {
  name: 'sbom',
  operands: 'MODEL',
  summary: 'write the bill of materials of a model: files, model card, licences, data sets, packages',
  options: {
    output: {
      type: 'string',
      short: 'o',
      value: 'FILE',
      description: 'write the CycloneDX document into a new file (default: to stdout)',
    },
    name: { type: 'string', value: 'NAME', description: 'of the model (default: that of its directory or file)' },
    version: { type: 'string', value: 'VERSION', description: 'of the model' },
    ignore: ignoreOption,
  },
  async run(invocation, streams) {
    const { path, ignore, shown } = modelOperand(invocation, streams)
    const [name, version] = [textOption(invocation, 'name'), textOption(invocation, 'version')]
    const output = textOption(invocation, 'output')
    if (output !== undefined) await verifyNewOutput(output, streams)
    const bom = await createModelBom(path, {
      ignore,
      ...(name === undefined ? {} : { name }),
      ...(version === undefined ? {} : { version }),
    })
    const problems = valuesOf(bom.metadata.properties, 'nootropic:problem')
    for (const problem of problems) streams.diagnostics(`nootropic: not in the bill of materials: ${problem}\n`)
    const verdict = problems.length === 0 ? 'pass' : 'incomplete'
    const exit = problems.length === 0 ? 0 : 4
    const { component } = bom.metadata
    const [digest] = valuesOf(component.properties, 'nootropic:oms:root')
    const subject = { path: shown(path), digest }
    const text = `${JSON.stringify(bom, undefined, 2)}\n`
    if (output === undefined) return { exit, document: { verdict, subject, bom }, text }
    await createOutput(output, text, streams)
    const count = `${component.components?.length ?? 0} files and ${bom.components.length} packages`
    return {
      exit,
      document: { verdict, subject, output, problems },
      text: `${component.name}: ${count}, written to ${output}\n`,
    }
  },
}
