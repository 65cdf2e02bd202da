/** Folders of the desk whose parts come only when they are needed: all that they say is in the catalogue `spared`. */
export const sparedFolders = ['finding', 'keys', 'message-box'] as const
