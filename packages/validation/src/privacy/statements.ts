import type { Finding } from '@nootropic/core'
import type { DataPrivacy, UserPrivacy } from '@nootropic/core/manifest'
import type { ModelCard } from './model-card.ts'

/** The three groups of the policy's privacy assessment. */
export const privacyTopics = ['dataCollection', 'processingTransparency', 'userControl'] as const
/** One of {@link privacyTopics}. */
export type PrivacyTopic = (typeof privacyTopics)[number]

/** One thing that a model card must say. */
export interface Statement {
  readonly id: string
  readonly topic: PrivacyTopic
  /** What it must answer, as a question to the author. */
  readonly question: string
  /** Headings under which it may stand. */
  readonly headings: RegExp
  /** Front matter keys that say it as well. */
  readonly keys: readonly string[]
}

/**
 * What a model card must declare. The topics are the policy's; the headings are those of Model Cards (Mitchell et al.
 * 2019, arXiv 1810.03993) and of the Hugging Face template, and what the GDPR's articles 13 to 17 ask of a notice.
 */
export const privacyStatements: readonly Statement[] = [
  {
    id: 'training-data',
    topic: 'dataCollection',
    question: 'Which data was the model trained on, and where does it come from?',
    headings: /\btraining (data|set|details)\b|\btrained on\b|\bdatasets?\b/i,
    keys: ['datasets', 'training_data'],
  },
  {
    id: 'personal-data',
    topic: 'dataCollection',
    question: 'Is there personal data in the training data, and on what ground?',
    headings: /\bpersonal (data|information)\b|\bsensitive (data|information)\b|\bprivacy\b|\bdata collection\b/i,
    keys: ['personal_data'],
  },
  {
    id: 'evaluation-data',
    topic: 'dataCollection',
    question: 'On which data was it evaluated, and with what result?',
    headings: /\bevaluation\b|\btest(ing)? data\b|\bresults\b|\bmetrics\b/i,
    keys: ['model-index', 'metrics', 'evaluation_data'],
  },
  {
    id: 'intended-use',
    topic: 'processingTransparency',
    question: 'What is the model for, and what is it not for?',
    headings: /\bintended use\b|\buses?\b|\bdirect use\b|\bout-of-scope\b/i,
    keys: ['intended_use'],
  },
  {
    id: 'inputs-and-outputs',
    topic: 'processingTransparency',
    question: 'What goes in, what comes out, and how is it processed?',
    headings:
      /\binputs?\b|\boutputs?\b|\bhow it works\b|\barchitecture\b|\bmodel (details|description)\b|\bprocessing\b/i,
    keys: ['inputs', 'outputs'],
  },
  {
    id: 'limitations',
    topic: 'processingTransparency',
    question: 'Where does it fail, and for whom?',
    headings: /\blimitations?\b|\bbias\b|\brisks?\b|\bcaveats?\b|\bethical considerations\b/i,
    keys: ['limitations'],
  },
  {
    id: 'retention',
    topic: 'userControl',
    question: 'What of the inputs and outputs is kept, where, and for how long?',
    headings: /\bretention\b|\bstorage\b|\bdata (handling|kept)\b|\bwhat is kept\b/i,
    keys: ['retention'],
  },
  {
    id: 'user-choices',
    topic: 'userControl',
    question: 'How can a person object, get their data or have it erased?',
    headings: /\buser (control|rights|choices)\b|\byour (rights|choices)\b|\bopt[- ]out\b|\berasure\b|\bdeletion\b/i,
    keys: ['user_control'],
  },
  {
    id: 'contact',
    topic: 'userControl',
    question: 'Whom can a person ask?',
    headings: /\bcontact\b|\bmodel card (authors|contact)\b|\bmaintainers?\b/i,
    keys: ['contact'],
  },
]

/** A section counts when it holds at least this many words: a heading alone declares nothing. */
const minimumWords = 3

/** The manifests that say how a host keeps data about people: they declare as the model card does. */
export interface PrivacyManifests {
  readonly dataPrivacy?: DataPrivacy | undefined
  readonly userPrivacy?: UserPrivacy | undefined
}

/** One statement, and whether and where it is made. */
export interface DeclaredStatement {
  readonly statement: Statement
  readonly isDeclared: boolean
  readonly where?: string
}

const placeInCard = (card: ModelCard, { keys, headings }: Statement): string | undefined => {
  const key = keys.find((candidate) => card.keys.includes(candidate))
  if (key !== undefined) return `key ${key}`
  const section = card.sections.find(
    ({ heading, text }) => headings.test(heading) && (text.match(/[\p{L}\p{N}]+/gu)?.length ?? 0) >= minimumWords,
  )
  return section === undefined ? undefined : `section "${section.heading.trim()}"`
}

/** Where the manifests say that data is held on this host only. */
const placeOfStorage = ({ userPrivacy, dataPrivacy }: PrivacyManifests): string | undefined => {
  if (userPrivacy?.spec.data.some(({ type }) => type === 'local')) return 'UserPrivacy: spec.data, local'
  return dataPrivacy?.spec.privacy.some(({ type }) => type === 'local') ? 'DataPrivacy: spec.privacy, local' : undefined
}

/** What the manifests answer: a retention says for how long, but not where. */
const placeInManifests = (manifests: PrivacyManifests, { id }: Statement): string | undefined => {
  const spec = manifests.userPrivacy?.spec
  const storage = placeOfStorage(manifests)
  if (id === 'retention' && spec?.retention !== undefined && storage !== undefined)
    return `UserPrivacy: spec.retention; ${storage}`
  if (id === 'user-choices' && spec?.privacy.some(({ type }) => type === 'control'))
    return 'UserPrivacy: spec.privacy, control'
  return undefined
}

/** The statements of `topics` that a card or manifest must make, and whether one makes them. */
export const declaredStatements = (
  card: ModelCard | undefined,
  topics: readonly PrivacyTopic[],
  manifests: PrivacyManifests = {},
): readonly DeclaredStatement[] =>
  privacyStatements
    .filter(({ topic }) => topics.includes(topic))
    .map((statement) => {
      const where = (card && placeInCard(card, statement)) ?? placeInManifests(manifests, statement)
      return where === undefined ? { statement, isDeclared: false } : { statement, isDeclared: true, where }
    })

/** A finding for every statement that is not made. */
export const checkStatements = (
  declared: readonly DeclaredStatement[],
  location: { readonly path: string },
): Finding[] =>
  declared
    .filter(({ isDeclared }) => !isDeclared)
    .map(({ statement }) => ({
      rule: `privacy/missing-${statement.id}`,
      severity: 'low',
      title: `The model card does not declare: ${statement.id.replaceAll('-', ' ')}`,
      message: `expected the model card to answer "${statement.question}", found no section with text under such a heading`,
      location,
      evidence: { topic: statement.topic },
      remediation: `Add a section to the model card, or one of the front matter keys ${statement.keys.join(', ')}.`,
      references: ['https://arxiv.org/abs/1810.03993'],
      tags: ['CWE-1059'],
    }))
