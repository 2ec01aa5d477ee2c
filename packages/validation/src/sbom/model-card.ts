import type { TensorSpec } from '@nootropic/core'
import { type Mapping, mappingOf, mappingsOf } from '../dependencies/document.ts'
import type { Component, DatasetReference, ModelCardComponent, PerformanceMetric, Property } from './cyclonedx.ts'
import type { ModelFacts } from './model-facts.ts'
import { packageUrl } from './package-url.ts'
import { isAddress, longestList, longestSection, plainText, plainTexts } from './text.ts'

/** The object without the members that say nothing, or nothing where none is left. */
const said = <Value extends object>(
  value: Value,
): Partial<{ [Key in keyof Value]: NonNullable<Value[Key]> }> | undefined => {
  const members = Object.entries(value).filter(
    ([, member]) => member !== undefined && !(Array.isArray(member) && member.length === 0),
  )
  return members.length === 0
    ? undefined
    : (Object.fromEntries(members) as Partial<{ [Key in keyof Value]: NonNullable<Value[Key]> }>)
}

const sectionsUnder = (facts: ModelFacts, wanted: RegExp): { heading: string; text: string }[] =>
  facts.sections
    .filter(({ heading }) => wanted.test(heading))
    .slice(0, longestList)
    .flatMap((section) => {
      const heading = plainText(section.heading)
      const text = plainText(section.text, longestSection)
      return heading === undefined || text === undefined ? [] : [{ heading, text }]
    })

const textsUnder = (facts: ModelFacts, wanted: RegExp): string[] => sectionsUnder(facts, wanted).map(({ text }) => text)

const datasetOf = (name: string): DatasetReference => ({
  type: 'dataset',
  name,
  ...(/^https?:\/\//.test(name) && isAddress(name) ? { contents: { url: name } } : {}),
})

const formatOf = ({ name, type, dims }: TensorSpec): string =>
  plainText(`${name}: ${type}[${dims.map((dim) => dim ?? '?').join(', ')}]`, longestSection) ?? type

/** Data sets by the names of the front matter, and what sections say of those that it does not name. */
const datasetsOf = (facts: ModelFacts): DatasetReference[] => [
  ...plainTexts(facts.card.datasets).map(datasetOf),
  ...sectionsUnder(facts, /\b(training|evaluation|test(ing)?) (data|data ?sets?)\b/i).map(
    ({ heading, text }): DatasetReference => ({ type: 'dataset', name: heading, description: text }),
  ),
]

/** What goes in or out of each graph; where there are several, with the name of its file. */
const formatsOf = (graphs: ModelFacts['graphs'], side: 'inputs' | 'outputs'): { format: string }[] =>
  graphs.flatMap(({ path, signature }) =>
    signature[side]
      .slice(0, longestList)
      .map((spec) => ({ format: graphs.length === 1 ? formatOf(spec) : `${path} ${formatOf(spec)}` })),
  )

/** The results that a `model-index` of the hub holds; without one, the names of the metrics alone. */
const metricsOf = (card: Mapping): PerformanceMetric[] => {
  const results = mappingsOf(card['model-index']).flatMap(({ results }) => mappingsOf(results))
  const metrics = results.flatMap((result): PerformanceMetric[] => {
    const { name, type, config, split } = mappingOf(result.dataset)
    const slice = [name ?? type, config, split].flatMap((part) => plainText(part) ?? []).join(' ')
    return mappingsOf(result.metrics).flatMap((metric) => {
      const kind = plainText(metric.type) ?? plainText(metric.name)
      const value = plainText(metric.value)
      if (kind === undefined) return []
      return [{ type: kind, ...(value === undefined ? {} : { value }), ...(slice === '' ? {} : { slice }) }]
    })
  })
  return metrics.length > 0 ? metrics.slice(0, longestList) : plainTexts(card.metrics).map((type) => ({ type }))
}

/** Members of the front matter that the format has no place for. */
const otherMembers = ['language', 'library_name', 'co2_eq_emissions'] as const

const propertiesOf = (card: Mapping): Property[] =>
  otherMembers.flatMap((member) => {
    const value = card[member]
    const emissions = member === 'co2_eq_emissions' ? mappingOf(value).emissions : undefined
    return plainTexts(emissions ?? value).map((text) => ({ name: `huggingface:${member}`, value: text }))
  })

/** What the files of a model say of it, in the form of CycloneDX. What they do not say is not there. */
export const modelCardOf = (facts: ModelFacts): ModelCardComponent | undefined => {
  const { card, configuration, graphs } = facts
  const metrics = metricsOf(card)
  return said({
    modelParameters: said({
      task: plainText(card.pipeline_tag) ?? plainText(card.task),
      architectureFamily: plainText(configuration.model_type),
      modelArchitecture: plainTexts(configuration.architectures).join(', ') || undefined,
      datasets: datasetsOf(facts),
      inputs: formatsOf(graphs, 'inputs'),
      outputs: formatsOf(graphs, 'outputs'),
    }),
    quantitativeAnalysis: metrics.length === 0 ? undefined : { performanceMetrics: metrics },
    considerations: said({
      useCases: textsUnder(facts, /\b(intended|direct|downstream) uses?\b/i),
      technicalLimitations: textsUnder(facts, /\blimitations?\b/i),
      ethicalConsiderations: textsUnder(facts, /\b(bias|ethic\w*)\b/i).map((name) => ({ name })),
    }),
    properties: propertiesOf(card),
  })
}

/** The models that this one was made of, as its card names them. */
export const ancestorsOf = (card: Mapping): Component[] =>
  plainTexts(card.base_model).map((name) => {
    const isOnHub = /^[\w.-]+(?:\/[\w.-]+)?$/.test(name) && !/^\.|\/\./.test(name)
    const purl = isOnHub ? { purl: packageUrl('huggingface', name) } : {}
    return { type: 'machine-learning-model', name, ...purl }
  })
