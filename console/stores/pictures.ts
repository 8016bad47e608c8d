// The site's logo and the faces of its team: asked once, and again by whoever changes one.

import { defineStore } from 'pinia';
import { shallowRef } from 'vue';
import type { AgentId, PictureId, Pictures } from '../../client/frames.ts';
import { api, type Subject } from '../api.ts';
import { useSession } from './session.ts';

export const usePictures = defineStore('pictures', () => {
  const pictures = shallowRef<Pictures>({ faces: {} });
  let asked: Promise<void> | undefined;

  /** Asks, when nobody has; without an answer there are initials until the next time. */
  function ensure(): Promise<void> {
    asked ??= api.pictures().then(
      (all) => {
        pictures.value = all;
      },
      () => {
        asked = undefined;
      },
    );
    return asked;
  }

  async function set(of: Subject, picture: Blob | null): Promise<void> {
    pictures.value = await (picture ? api.setPicture(of, picture) : api.dropPicture(of));
  }

  /** Where a picture is. */
  function address(id: PictureId | undefined): string {
    const site = useSession().me?.site;
    return id && site ? `/api/pictures/${site}/${id}` : '';
  }

  const logo = () => address(pictures.value.logo);
  const faceOf = (agent: AgentId) => address(pictures.value.faces[agent]);

  return { ensure, set, logo, faceOf };
});
