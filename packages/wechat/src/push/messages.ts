/** What an ordinary message carries besides its envelope (protocol reference, section 2.3). */
export interface TextBody {
  readonly content: string
  /** Set when the text is a click on an item of a `msgmenu`; it counts as a menu click (sections 2.4 and 5.9). */
  readonly menuItemId?: string | undefined
}

export interface ImageBody {
  readonly mediaId: string
  readonly picUrl?: string | undefined
}

export interface VoiceBody {
  readonly mediaId: string
  readonly format?: string | undefined
  readonly mediaId16K?: string | undefined
  readonly recognition?: string | undefined
}

export interface VideoBody {
  readonly mediaId: string
  readonly thumbMediaId?: string | undefined
}

export interface LocationBody {
  readonly latitude: number
  readonly longitude: number
  readonly scale?: number | undefined
  readonly label?: string | undefined
}

export interface LinkBody {
  readonly title: string
  readonly description?: string | undefined
  readonly url: string
}

export interface MiniProgramPageBody {
  readonly title: string
  readonly appId: string
  readonly pagePath: string
  readonly thumbUrl?: string | undefined
  readonly thumbMediaId?: string | undefined
}

export interface FileBody {
  readonly title: string
  /** The size in words, such as `225.5 KB`; may be empty. */
  readonly description?: string | undefined
  readonly fileKey: string
  readonly fileMd5?: string | undefined
  readonly fileTotalLen?: number | undefined
}

export interface MessageBodies {
  readonly text: TextBody
  readonly image: ImageBody
  readonly voice: VoiceBody
  readonly video: VideoBody
  readonly shortvideo: VideoBody
  readonly location: LocationBody
  readonly link: LinkBody
  readonly miniprogrampage: MiniProgramPageBody
  readonly file: FileBody
}

export type MessageType = keyof MessageBodies
