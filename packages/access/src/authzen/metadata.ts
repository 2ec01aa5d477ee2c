import { NootropicError } from '@nootropic/core'

/** Where the interfaces of a decision point are, from its own URL on. */
export const interfacePaths = {
  evaluation: '/access/v1/evaluation',
  evaluations: '/access/v1/evaluations',
  subject: '/access/v1/search/subject',
  resource: '/access/v1/search/resource',
  action: '/access/v1/search/action',
} as const

const wellKnown = '/.well-known/authzen-configuration'

/** The URL of a decision point: https, without query, fragment or user (AuthZEN 1.0, 9.1.1). */
export interface DecisionPointUrl {
  /** As it was given, without a slash at the end. */
  readonly identifier: string
  /** The path that all interfaces begin with; empty for none. */
  readonly path: string
  /** The path of the metadata: the well-known part stands before the path of the URL (RFC 8615). */
  readonly metadataPath: string
}

/** @throws NootropicError `CONFIGURATION_INVALID`. */
export const parseDecisionPointUrl = (text: string): DecisionPointUrl => {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isRight =
    url !== undefined &&
    url.protocol === 'https:' &&
    url.username === '' &&
    url.password === '' &&
    !text.includes('?') &&
    !text.includes('#')
  if (!isRight) {
    const message = 'expected the URL of the decision point as https://host/path, found another; use https and no query'
    throw new NootropicError('CONFIGURATION_INVALID', message)
  }
  const path = url.pathname.replace(/\/+$/, '')
  return { identifier: `${url.origin}${path}`, path, metadataPath: `${wellKnown}${path}` }
}

/** The metadata of a decision point. */
export const metadataOf = ({ identifier }: DecisionPointUrl, hasSearch: boolean): Record<string, string> => ({
  policy_decision_point: identifier,
  access_evaluation_endpoint: `${identifier}${interfacePaths.evaluation}`,
  access_evaluations_endpoint: `${identifier}${interfacePaths.evaluations}`,
  ...(hasSearch
    ? {
        search_subject_endpoint: `${identifier}${interfacePaths.subject}`,
        search_resource_endpoint: `${identifier}${interfacePaths.resource}`,
        search_action_endpoint: `${identifier}${interfacePaths.action}`,
      }
    : {}),
})
