/** The scale and offsets that show a picture whole and centred in a frame, never enlarged. */
export function fitInside(
  picture: { width: number; height: number },
  frame: { width: number; height: number },
): { scale: number; left: number; top: number } {
  const scale = Math.min(1, frame.width / picture.width, frame.height / picture.height);
  return {
    scale,
    left: Math.max(0, (frame.width - picture.width * scale) / 2),
    top: Math.max(0, (frame.height - picture.height * scale) / 2),
  };
}
