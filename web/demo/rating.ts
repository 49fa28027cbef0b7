/** `<star-rating value="4">`: stars in a shadow root, which a click changes. */
class StarRating extends HTMLElement {
  connectedCallback(): void {
    const root = this.shadowRoot ?? this.attachShadow({ mode: 'open' });
    root.innerHTML = `<style>
      :host { display: inline-flex }
      button { all: unset; cursor: pointer; font-size: 1.1rem; line-height: 1; color: #d4cdc2 }
      button.lit { color: #c8811c }
      button:focus-visible { outline: 2px solid currentColor }
    </style>`;
    for (let star = 1; star <= 5; star += 1) {
      const button = document.createElement('button');
      button.type = 'button';
      button.textContent = '★';
      button.title = `${star} of 5`;
      button.addEventListener('click', () => this.#rate(star));
      root.append(button);
    }
    this.#rate(Number(this.getAttribute('value')));
  }

  #rate(value: number): void {
    this.setAttribute('value', String(value));
    const buttons = this.shadowRoot?.querySelectorAll('button') ?? [];
    for (const [index, button] of [...buttons].entries()) {
      button.className = index < value ? 'lit' : '';
    }
  }
}

customElements.define('star-rating', StarRating);
