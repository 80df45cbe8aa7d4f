// For tsc: what the field asks of the script of the same name, which is itself not checked.
type Strokes = object[];

export default class SignaturePad extends EventTarget {
  constructor(canvas: HTMLCanvasElement, options: { penColor: string; minWidth: number; maxWidth: number });
  on(): void;
  off(): void;
  clear(): void;
  isEmpty(): boolean;
  toData(): Strokes;
  fromData(strokes: Strokes): void;
}
