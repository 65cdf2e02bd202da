/** Folders of the pages of administration, and of one's own settings: all that they say is in the catalogue `manage`, and nothing else imports their parts. */
export const manageFolders = [
  'accounts',
  'apps',
  'audit',
  'blocked',
  'code',
  'configuration',
  'decisions',
  'fairness',
  'forecast',
  'hours',
  'manage',
  'people',
  'profile',
  'rules',
  'supervise',
  'tokens',
] as const
