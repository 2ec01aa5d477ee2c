import { corruptionTable, type ImageCorruption } from '../corruption-description.ts'
import { common, extra, single } from './image-facts.ts'
import { gaussianNoise, impulseNoise, shotNoise, speckleNoise } from './noises.ts'

/** Noises of sensors and of lines. */
export const noiseCorruptions = corruptionTable<ImageCorruption>()({
  'gaussian-noise': {
    ...common,
    title: 'Gaussian noise',
    parameters: ['deviation'],
    isSeeded: true,
    severities: {
      cifar: single([0.04, 0.06, 0.08, 0.09, 0.1]),
      'tiny-imagenet': single([0.04, 0.08, 0.12, 0.15, 0.18]),
      imagenet: single([0.08, 0.12, 0.18, 0.26, 0.38]),
    },
    prepare: (_, [deviation = 0]) => gaussianNoise(deviation),
  },
  'shot-noise': {
    ...common,
    title: 'Shot noise',
    parameters: ['photons of a white element'],
    isSeeded: true,
    severities: {
      cifar: single([500, 250, 100, 75, 50]),
      'tiny-imagenet': single([250, 100, 50, 30, 15]),
      imagenet: single([60, 25, 12, 5, 3]),
    },
    prepare: (_, [photons = 1]) => shotNoise(photons),
  },
  'impulse-noise': {
    ...common,
    title: 'Impulse noise',
    parameters: ['share of the elements'],
    isSeeded: true,
    severities: {
      cifar: single([0.01, 0.02, 0.03, 0.05, 0.07]),
      'tiny-imagenet': single([0.01, 0.02, 0.05, 0.08, 0.14]),
      imagenet: single([0.03, 0.06, 0.09, 0.17, 0.27]),
    },
    prepare: (_, [share = 0]) => impulseNoise(share),
  },
  'speckle-noise': {
    ...extra,
    title: 'Speckle noise',
    parameters: ['deviation'],
    isSeeded: true,
    severities: {
      cifar: single([0.06, 0.1, 0.12, 0.16, 0.2]),
      'tiny-imagenet': single([0.15, 0.2, 0.25, 0.3, 0.35]),
      imagenet: single([0.15, 0.2, 0.35, 0.45, 0.6]),
    },
    prepare: (_, [deviation = 0]) => speckleNoise(deviation),
  },
})
