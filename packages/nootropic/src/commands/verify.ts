import { resolve } from 'node:path'
import { usualSignature } from '@nootropic/core/formats'
import { type SignerIdentity, type Verification, verifyModel } from '@nootropic/validation/provenance'
import { textOption, type Verb } from '../verb.ts'
import { ignoreOption, modelOperand } from './model-paths.ts'
import { readTrust, trustOptions } from './signature-trust.ts'

const families = {
  SIGNATURE_INVALID: 'the signature or the files do not hold',
  SIGNATURE_UNTRUSTED: 'the signer is not the one that is wanted',
} as const

const signerText = (signer: SignerIdentity): string => {
  switch (signer.kind) {
    case 'public-key':
      return `the key ${signer.fingerprint}, ${signer.algorithm}`
    case 'certificate':
      return `${signer.subject}, vouched for by ${signer.issuer}, ${signer.algorithm}`
    case 'sigstore':
      return `${signer.identity}, vouched for by ${signer.issuer}${signer.signedAt === undefined ? '' : `, at ${signer.signedAt}`}`
  }
}

// A name in a certificate may hold line ends, and write lines of its own into the answer (CWE-150).
const oneLine = (text: string): string => text.replaceAll(/[\p{Cc}\p{Bidi_Control}]/gu, '\uFFFD')

const verificationText = ({ verdict, code, subject, signer, findings }: Verification): string =>
  [
    `${subject.path}: ${verdict}${code === undefined ? '' : `, ${code}: ${families[code]}`}`,
    ...(signer === undefined ? [] : [`  signed by ${oneLine(signerText(signer))}`]),
    ...(subject.digest === undefined ? [] : [`  root ${subject.digest}`]),
    ...findings.map(
      ({ severity, rule, message, location, remediation }) =>
        `  ${severity} ${rule} in ${location.path}: ${message}. ${remediation}`,
    ),
    '',
  ].join('\n')

export const verify: Verb = {
  name: 'verify',
  operands: 'MODEL',
  summary: 'check a signed model, offline: the signature, its signer, and every file',
  options: {
    signature: {
      type: 'string',
      value: 'FILE',
      description: 'the bundle (default MODEL/model.sig, or MODEL.sig beside a single file)',
    },
    ...trustOptions,
    ignore: ignoreOption,
    'allow-unlisted': { type: 'boolean', description: 'tolerate files that were not signed; they are told' },
  },
  async run(invocation, streams) {
    const { path, ignore, shown } = modelOperand(invocation, streams)
    const trust = await readTrust(invocation, streams)
    const named = textOption(invocation, 'signature')
    const verification = await verifyModel(path, {
      signature: named === undefined ? await usualSignature(path) : resolve(streams.directory, named),
      trust,
      ignore,
      allowUnlisted: invocation.options['allow-unlisted'] === true,
    })
    const { verdict, code, signer } = verification
    const subject = { ...verification.subject, path: shown(verification.subject.path) }
    const findings = verification.findings.map((finding) => ({
      ...finding,
      location: { ...finding.location, path: shown(finding.location.path) },
    }))
    return {
      exit: verdict === 'pass' ? 0 : verdict === 'fail' ? 1 : 4,
      document: { verdict, ...(code === undefined ? {} : { code }), subject, signer: signer ?? null, findings },
      text: verificationText({ ...verification, subject, findings }),
    }
  },
}
