import { type RuleText, ruleTable } from '../scan/rule.ts'

const specification = 'https://github.com/ossf/model-signing-spec'

const getAgain = 'Get model and signature again from their source; do not use this copy.'

/** The evidence is bad: the model is not what was signed, or nobody can tell. */
const evidenceRules = {
  'bundle-malformed': {
    severity: 'critical',
    title: 'The signature file is not a signature bundle',
    explanation:
      'A bundle is JSON of a fixed form. One that is cut, has two signatures or is written in several ways at once may be read differently by two programs, so that one verifies what the other does not load.',
    remediation: getAgain,
    tags: ['CWE-347', 'CWE-20', 'AML.T0010'],
    references: [specification],
  },
  'signature-mismatch': {
    severity: 'critical',
    title: 'The signature does not hold',
    explanation: 'The statement was changed after it was signed, or it was signed with another key than the one named.',
    remediation: getAgain,
    tags: ['CWE-347', 'CWE-345', 'AML.T0010'],
  },
  'certificate-invalid': {
    severity: 'critical',
    title: 'A certificate of the signature does not hold',
    explanation:
      'A certificate is malformed, was not signed by the next one, may not issue others, or was not issued for signing. Whoever holds any certificate could otherwise sign in the name of its issuer.',
    remediation: getAgain,
    tags: ['CWE-295', 'CWE-296', 'AML.T0010'],
    references: ['https://www.rfc-editor.org/rfc/rfc5280#section-6'],
  },
  'log-evidence-invalid': {
    severity: 'critical',
    title: 'The transparency log does not prove the signature',
    explanation:
      'A keyless signature rests on an entry in a public log and on the time that the log or a timestamp authority attests. Without a proof that holds, a stolen certificate could be used after it expired, and nobody would see it.',
    remediation: getAgain,
    tags: ['CWE-345', 'CWE-295', 'AML.T0010'],
    references: ['https://docs.sigstore.dev/about/bundle/'],
  },
  'statement-malformed': {
    severity: 'critical',
    title: 'What was signed is not a statement about a model',
    explanation:
      'The signature holds over something else than a list of model files: another kind of statement, or names and digests that could be read in two ways.',
    remediation: getAgain,
    tags: ['CWE-345', 'CWE-20', 'AML.T0010'],
    references: [specification],
  },
  'root-mismatch': {
    severity: 'critical',
    title: 'The root digest is not that of the listed files',
    explanation:
      'The root names the model. A statement whose root and list differ speaks of two models at once: registries that compare roots would take one for the other.',
    remediation: getAgain,
    tags: ['CWE-345', 'AML.T0010'],
    references: [specification],
  },
  'file-changed': {
    severity: 'critical',
    title: 'A file is not the one that was signed',
    explanation: 'Its bytes have another digest than the signed one. A model with changed weights can hold a backdoor.',
    remediation: getAgain,
    tags: ['CWE-353', 'CWE-494', 'AML.T0018', 'AML.T0010'],
  },
  'file-missing': {
    severity: 'critical',
    title: 'A signed file is not there',
    explanation: 'The model is not complete. Loaders fill gaps with defaults, or fetch what is missing from elsewhere.',
    remediation: getAgain,
    tags: ['CWE-353', 'AML.T0010'],
  },
  'file-unlisted': {
    severity: 'high',
    title: 'A file was not signed',
    explanation:
      'Loaders look for files by name: a configuration, a Python module or a pickle beside the signed files can change what is run without any of them being changed.',
    remediation:
      'Remove the file, or have the model signed with it. Ignore it by name only when nothing that loads the model reads it.',
    tags: ['CWE-353', 'CWE-494', 'AML.T0010'],
  },
  'file-irregular': {
    severity: 'high',
    title: 'Something in the model is not a file',
    explanation:
      'A symbolic link, pipe, socket or device can show other bytes to each reader, or bytes from outside the model. So can a name that is not valid UTF-8, which programs spell differently.',
    remediation: 'Replace it by a copy of the file that is meant, and have that signed.',
    tags: ['CWE-59', 'CWE-367', 'AML.T0010'],
  },
} as const satisfies Record<string, RuleText>

/** The evidence is good, but it is not what the caller wants. */
const policyRules = {
  unsigned: {
    severity: 'high',
    title: 'The model carries no signature',
    explanation:
      'The policy asks who signed the model. Whoever could change it could also have removed its signature, so that none is no better than a wrong one.',
    remediation: 'Get the model with its signature, or sign it yourself after you have reviewed it: `nootropic sign`.',
    tags: ['CWE-347', 'CWE-353', 'AML.T0010'],
  },
  'signer-untrusted': {
    severity: 'high',
    title: 'The signer is not one that is trusted',
    explanation: 'The signature may hold, but with a key or under a root that the trust policy does not name.',
    remediation: 'Name the signer in the trust policy if you trust it; otherwise get the model from one that you do.',
    tags: ['CWE-346', 'CWE-295', 'AML.T0010'],
  },
  'identity-mismatch': {
    severity: 'high',
    title: 'Somebody else signed',
    explanation: 'The certificate proves another identity, or another provider vouched for it, than the policy names.',
    remediation: 'Compare the identity with the one that the publisher announces, and mend the policy or the source.',
    tags: ['CWE-346', 'CWE-297', 'AML.T0010'],
  },
  'certificate-expired': {
    severity: 'high',
    title: 'A certificate is not valid at the time that counts',
    explanation:
      'By the time policy a certificate of the chain was not valid yet, or no longer. Keys of expired certificates are no longer guarded, and may have been revoked unseen.',
    remediation: 'Ask for a new signature, or choose the time policy that fits: now, signing, or a date.',
    tags: ['CWE-298', 'AML.T0010'],
    references: ['https://www.rfc-editor.org/rfc/rfc5280#section-6'],
  },
  'algorithm-refused': {
    severity: 'high',
    title: 'The signature or its digests use an algorithm that is not wanted',
    explanation: 'The policy allows fewer algorithms than the format, for instance because a standard asks for it.',
    remediation: 'Have the model signed with an allowed algorithm, or allow this one by name.',
    tags: ['CWE-327'],
  },
  'material-unwanted': {
    severity: 'high',
    title: 'The signature is of another kind than the policy asks for',
    explanation:
      'The policy trusts a key, certificates, or identities; the bundle carries evidence of another kind, which says nothing to it.',
    remediation: 'Use the kind of trust that fits the bundle, or ask for a signature of the kind you trust.',
    tags: ['CWE-346'],
  },
} as const satisfies Record<string, RuleText>

/** It could not be found out: never a pass. */
const incompleteRules = {
  'no-signers': {
    severity: 'medium',
    title: 'Nobody is trusted to sign models',
    explanation:
      'The policy asks who signed the model, but no key, certificate or identity is named whose signature would count. A signature that anybody may have made says nothing.',
    remediation:
      'Name a signer: a key of your own (`nootropic keys create`), or the PEM file of a public key or root certificate in `config/trusted-signers` under the home of the installation.',
    tags: ['CWE-347', 'AML.T0010'],
  },
  'file-unreadable': {
    severity: 'medium',
    title: 'A file could not be checked',
    explanation:
      'It may not be read, changed while it was read, or is more than the limits allow. What was not checked is not verified.',
    remediation:
      'Mend its permissions, stop who writes to it, or raise the limit that the message names, and verify again.',
    tags: ['CWE-353'],
  },
} as const satisfies Record<string, RuleText>

/** Worth knowing; the model is what was signed all the same. */
const noteRules = {
  'certificate-outlived': {
    severity: 'info',
    title: 'The signature has outlived its certificate',
    explanation:
      'By the time policy a certificate counts that is no longer valid today. Nothing in the bundle proves when it was signed: whoever holds the key of an expired certificate can still sign, and nobody revokes it any more.',
    remediation: 'Ask for a new signature where that matters, or verify with the time policy now.',
    tags: ['CWE-298'],
    references: ['https://www.rfc-editor.org/rfc/rfc5280#section-6'],
  },
  'unlisted-tolerated': {
    severity: 'low',
    title: 'A file was not signed, and that is tolerated',
    explanation: 'The caller allows unsigned files. They may have been added by anybody.',
    remediation: 'Do not load files that were not signed.',
    tags: ['CWE-353'],
  },
  'name-ambiguous': {
    severity: 'low',
    title: 'Two names are one on some file systems',
    explanation:
      'They differ only in case, in Unicode normal form, or in dots and spaces at an end. Copied to a file system that does not tell them apart, one file replaces the other.',
    remediation: 'Rename one of them and sign anew.',
    tags: ['CWE-178', 'CWE-176'],
  },
} as const satisfies Record<string, RuleText>

/** Whether the evidence is bad, good but unwanted, missing, or whether a finding is worth knowing only. */
export type ProvenanceFamily = 'evidence' | 'policy' | 'incomplete' | 'note'

/** What can be wrong with a signed model. */
export const provenanceRules = ruleTable('provenance', {
  ...evidenceRules,
  ...policyRules,
  ...incompleteRules,
  ...noteRules,
})

const families: ReadonlyMap<string, ProvenanceFamily> = new Map(
  (
    [
      ['evidence', evidenceRules],
      ['policy', policyRules],
      ['incomplete', incompleteRules],
      ['note', noteRules],
    ] as const
  ).flatMap(([family, table]) => Object.keys(table).map((name) => [`provenance/${name}`, family])),
)

/** The family of a rule, by its id. A rule of another room is evidence: what is not known is not waved through. */
export const provenanceFamily = (rule: string): ProvenanceFamily => families.get(rule) ?? 'evidence'
