import { type AudioCorruption, corruptionTable } from '../corruption-description.ts'
import { addNoise, clipPeaks, quantiseMuLaw, resample } from './distortions.ts'
import { reverberate } from './reverb.ts'

const facts = { modality: 'audio', isInMean: true } as const

/** The corruptions of sound, by name. */
export const audioCorruptions = corruptionTable<AudioCorruption>()({
  'audio-noise': {
    ...facts,
    title: 'White noise',
    reference: 'signal-to-noise ratio of each recording',
    parameters: ['signal-to-noise ratio in decibels'],
    isSeeded: true,
    severities: [[20], [15], [10], [5], [0]],
    prepare: (_, [decibels = 0]) => addNoise(decibels),
  },
  reverb: {
    ...facts,
    title: 'Reverberation',
    reference: 'Schroeder 1962, J. Audio Eng. Soc. 10 (3)',
    parameters: ['seconds until 60 decibels down', 'share of the reverberation'],
    isSeeded: false,
    severities: [
      [0.2, 0.2],
      [0.4, 0.3],
      [0.6, 0.4],
      [0.9, 0.5],
      [1.5, 0.6],
    ],
    prepare: ({ sampleRate }, [seconds = 0, share = 0]) => reverberate(sampleRate, seconds, share),
  },
  clipping: {
    ...facts,
    title: 'Clipping',
    reference: 'a share of the peak of each recording',
    parameters: ['share of the peak'],
    isSeeded: false,
    severities: [[0.7], [0.5], [0.35], [0.2], [0.1]],
    prepare: (_, [share = 1]) => clipPeaks(share),
  },
  'mu-law': {
    ...facts,
    title: 'Mu-law quantisation',
    reference: 'ITU-T G.711, with fewer bits',
    parameters: ['bits of a sample'],
    isSeeded: false,
    severities: [[8], [7], [6], [5], [4]],
    prepare: (_, [bits = 8]) => quantiseMuLaw(bits),
  },
  resampling: {
    ...facts,
    title: 'Resampling',
    reference: 'to a lower rate and back, means down and lines up',
    parameters: ['share of the rate'],
    isSeeded: false,
    severities: [[0.75], [0.5], [0.375], [0.25], [0.125]],
    prepare: ({ samples }, [share = 1]) => resample(samples, share),
  },
})
