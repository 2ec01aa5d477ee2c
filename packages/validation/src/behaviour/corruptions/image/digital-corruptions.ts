import { corruptionTable, type ImageCorruption } from '../corruption-description.ts'
import { jpegCompression } from '../jpeg/jpeg-compression.ts'
import { contrast, saturate } from './colours.ts'
import { elasticTransform } from './elastic-transform.ts'
import { common, extra, single } from './image-facts.ts'
import { pixelate } from './pixelate.ts'

/** What processing does to pictures. */
export const digitalCorruptions = corruptionTable<ImageCorruption>()({
  contrast: {
    ...common,
    title: 'Contrast',
    parameters: ['share kept'],
    isSeeded: false,
    severities: {
      cifar: single([0.75, 0.5, 0.4, 0.3, 0.15]),
      'tiny-imagenet': single([0.4, 0.3, 0.2, 0.1, 0.05]),
      imagenet: single([0.4, 0.3, 0.2, 0.1, 0.05]),
    },
    prepare: (shape, [kept = 1]) => contrast(shape, kept),
  },
  'elastic-transform': {
    ...common,
    title: 'Elastic transform',
    parameters: ['displacement', 'smoothness', 'movement of the corners'],
    isSeeded: true,
    severities: {
      cifar: [
        [0, 0, 0.08],
        [0.05, 0.2, 0.07],
        [0.08, 0.06, 0.06],
        [0.1, 0.04, 0.05],
        [0.1, 0.03, 0.03],
      ],
      'tiny-imagenet': [
        [0, 0, 0.08],
        [0.05, 0.3, 0.06],
        [0.1, 0.08, 0.06],
        [0.1, 0.03, 0.03],
        [0.16, 0.03, 0.02],
      ],
      imagenet: [
        // In shares of 244, as published, though the pictures have 224.
        [(2 * 244) / 224, (0.7 * 244) / 224, (0.1 * 244) / 224],
        [(2 * 244) / 224, (0.08 * 244) / 224, (0.2 * 244) / 224],
        [(0.05 * 244) / 224, (0.01 * 244) / 224, (0.02 * 244) / 224],
        [(0.07 * 244) / 224, (0.01 * 244) / 224, (0.02 * 244) / 224],
        [(0.12 * 244) / 224, (0.01 * 244) / 224, (0.02 * 244) / 224],
      ],
    },
    prepare: (shape, [amount = 0, smoothness = 0, reach = 0]) => elasticTransform(shape, amount, smoothness, reach),
  },
  pixelate: {
    ...common,
    title: 'Pixelation',
    parameters: ['share of the pixels of a line'],
    isSeeded: false,
    severities: {
      cifar: single([0.95, 0.9, 0.85, 0.75, 0.65]),
      'tiny-imagenet': single([0.9, 0.8, 0.7, 0.6, 0.5]),
      imagenet: single([0.6, 0.5, 0.4, 0.3, 0.25]),
    },
    prepare: (shape, [share = 1]) => pixelate(shape, share),
  },
  'jpeg-compression': {
    ...common,
    title: 'JPEG compression',
    parameters: ['quality'],
    isSeeded: false,
    severities: {
      cifar: single([80, 65, 58, 50, 40]),
      'tiny-imagenet': single([65, 58, 50, 40, 25]),
      imagenet: single([25, 18, 15, 10, 7]),
    },
    prepare: (shape, [quality = 100]) => jpegCompression(shape, quality),
  },
  saturate: {
    ...extra,
    title: 'Saturation',
    parameters: ['factor', 'added saturation'],
    isSeeded: false,
    severities: {
      cifar: [
        [0.3, 0],
        [0.1, 0],
        [1.5, 0],
        [2, 0.1],
        [2.5, 0.2],
      ],
      'tiny-imagenet': [
        [0.3, 0],
        [0.1, 0],
        [2, 0],
        [5, 0.1],
        [30, 0.2],
      ],
      imagenet: [
        [0.3, 0],
        [0.1, 0],
        [2, 0],
        [5, 0.1],
        [20, 0.2],
      ],
    },
    prepare: (shape, [factor = 1, more = 0]) => saturate(shape, factor, more),
  },
})
