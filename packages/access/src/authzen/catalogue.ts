import type { AccessRequest } from '@nootropic/core'

/** Somebody or something that the decision point knows, with what it knows about it. */
export type KnownEntity = AccessRequest['subject']

/** What a decision point knows: what searches look through, and facts that stand above what a request says. */
export interface Catalogue {
  /** Of a type, by id in ascending order of code units. */
  subjects(type: string): readonly KnownEntity[]
  resources(type: string): readonly KnownEntity[]
  actions(): readonly string[]
  /** The request with the properties that are known of its subject and resource in the place of those it states. */
  enrich(request: AccessRequest): AccessRequest
}

const byId = (left: { readonly id: string }, right: { readonly id: string }): number =>
  left.id < right.id ? -1 : left.id > right.id ? 1 : 0

const createTypes = (entities: readonly KnownEntity[]) => {
  const types = new Map<string, Map<string, KnownEntity>>()
  for (const entity of entities) {
    const ids = types.get(entity.type) ?? new Map<string, KnownEntity>()
    types.set(entity.type, ids.set(entity.id, entity))
  }
  const lists = new Map([...types].map(([type, ids]) => [type, [...ids.values()].sort(byId)]))
  return {
    list: (type: string): readonly KnownEntity[] => lists.get(type) ?? [],
    enrich(entity: KnownEntity): KnownEntity {
      const known = types.get(entity.type)?.get(entity.id)?.properties
      return known === undefined ? entity : { ...entity, properties: { ...entity.properties, ...known } }
    },
  }
}

/** A catalogue of what stands in lists. */
export const createCatalogue = (known: {
  readonly subjects?: readonly KnownEntity[]
  readonly resources?: readonly KnownEntity[]
  readonly actions?: readonly string[]
}): Catalogue => {
  const subjects = createTypes(known.subjects ?? [])
  const resources = createTypes(known.resources ?? [])
  const actions = [...new Set(known.actions ?? [])].sort()
  return {
    subjects: subjects.list,
    resources: resources.list,
    actions: () => actions,
    enrich: (request) => ({
      ...request,
      subject: subjects.enrich(request.subject),
      resource: resources.enrich(request.resource),
    }),
  }
}
