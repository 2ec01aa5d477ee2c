import { createHash } from 'node:crypto'
import { type AccessRequest, canonicalJson, NootropicError, wellFormedJson } from '@nootropic/core'
import type { z } from 'zod'
import { parseBody, searchSchemas } from './authzen-request.ts'
import type { Catalogue } from './catalogue.ts'

/** What a search looks for. */
export type SearchKind = keyof typeof searchSchemas

/** A page of results; `next_token` is empty after the last one. */
export interface SearchPage {
  readonly results: readonly ({ readonly type: string; readonly id: string } | { readonly name: string })[]
  readonly page: { readonly next_token: string; readonly count: number }
}

const defaultPage = 100
// Decisions for one page: a search that finds little must end (CWE-770). The next page goes on where it stopped.
const maximumDecisions = 10_000

/** One that could be a result, and what asks whether it is. */
interface Candidate {
  readonly key: string
  readonly result: SearchPage['results'][number]
  readonly request: AccessRequest
}

type Query = z.output<(typeof searchSchemas)[SearchKind]>

const candidatesOf = (kind: SearchKind, body: unknown, catalogue: Catalogue): { query: Query; list: Candidate[] } => {
  const what = `a search for ${kind}s`
  if (kind === 'subject') {
    const query = parseBody(searchSchemas.subject, what, body)
    const { page: _, ...asked } = query
    const list = catalogue.subjects(query.subject.type).map((subject) => ({
      key: subject.id,
      result: { type: subject.type, id: subject.id },
      request: { ...asked, subject },
    }))
    return { query, list }
  }
  if (kind === 'resource') {
    const query = parseBody(searchSchemas.resource, what, body)
    const { page: _, ...asked } = query
    const list = catalogue.resources(query.resource.type).map((resource) => ({
      key: resource.id,
      result: { type: resource.type, id: resource.id },
      request: { ...asked, resource },
    }))
    return { query, list }
  }
  const query = parseBody(searchSchemas.action, what, body)
  const { page: _, ...asked } = query
  const list = catalogue
    .actions()
    .map((name) => ({ key: name, result: { name }, request: { ...asked, action: { name } } }))
  return { query, list }
}

// A token says after which candidate a page begins, and of which search: it holds nothing that its caller does not know.
const digestOf = (kind: SearchKind, { page: _, ...asked }: Query): string =>
  createHash('sha256')
    .update(canonicalJson(wellFormedJson({ kind, asked })))
    .digest('hex')
    .slice(0, 32)
const formatToken = (digest: string, after: string): string => Buffer.from(`${digest}${after}`).toString('base64url')
const parseToken = (token: string, digest: string): string => {
  const text = Buffer.from(token, 'base64url').toString()
  if (text.startsWith(digest)) return text.slice(digest.length)
  throw new NootropicError(
    'USAGE',
    'expected page.token of the page before of this search, found another; search again',
  )
}

/**
 * Finds who may do something, to what, or what may be done: each result is permitted when it is asked for alone.
 *
 * @throws NootropicError `USAGE` for what is no search.
 */
export const search = async (
  kind: SearchKind,
  body: unknown,
  catalogue: Catalogue,
  isPermitted: (request: AccessRequest) => Promise<boolean>,
): Promise<SearchPage> => {
  const { query, list } = candidatesOf(kind, body, catalogue)
  const { token, limit = defaultPage } = query.page ?? {}
  const digest = digestOf(kind, query)
  const after = token === undefined || token === '' ? undefined : parseToken(token, digest)
  const results: SearchPage['results'][number][] = []
  const pageUntil = (key: string | undefined): SearchPage => ({
    results,
    page: { next_token: key === undefined ? '' : formatToken(digest, key), count: results.length },
  })
  let decisions = 0
  let last: string | undefined
  let lastResult: string | undefined
  for (const { key, result, request } of list) {
    if (after !== undefined && key <= after) continue
    if (decisions === maximumDecisions) return pageUntil(last)
    decisions += 1
    last = key
    if (!(await isPermitted(request))) continue
    // One more than the page holds: only then is there a next one.
    if (results.length === limit) return pageUntil(lastResult)
    results.push(result)
    lastResult = key
  }
  return pageUntil(undefined)
}
