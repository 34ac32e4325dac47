// Never rendered: each marked line is a fault that the scan must find, and each other line one that it must let pass.
import type { Children } from '@kitajs/html'

type Props = Readonly<{ text: string; count: number; isOn: boolean; children?: Children }>

export function Planted(props: Props): JSX.Element {
  const safeText = props.text
  return (
    <div>
      <p safe>{props.text}</p>
      <p>{props.text}</p> {/* fault */}
      <p>{props.count}</p>
      <p>{`Hello ${props.text}`}</p> {/* fault */}
      <p>{props.isOn ? props.text : <b>off</b>}</p> {/* fault */}
      <p>{props.isOn ? <b>on</b> : props.text}</p> {/* fault */}
      <p>{props.isOn ? <b>on</b> : <b>off</b>}</p>
      <p>{safeText}</p> {/* fault */}
      <p>{props.text as 'safe'}</p> {/* fault */}
      <input value={props.text} /> {/* fault */}
      <input value={attribute(props.text)} />
      <input value="fixed" />
      <input value={props.isOn ? props.text : undefined} /> {/* fault */}
      <a href={props.text}>away</a> {/* fault */}
      <a href={attribute(props.text)}>away</a>
      <p style="color:red">loud</p> {/* fault */}
      <section onfocus="go()">go</section> {/* fault */}
      <div {...{ 'hx-on:click': 'go()' }}>spread</div> {/* fault */}
      <div hx-on:click="go()">go</div> {/* fault */}
      <div hx-vals="js:{a: 1}">go</div> {/* fault */}
      <div attrs={props.text}>raw</div> {/* fault */}
      <Planted {...props}>{props.text}</Planted> {/* fault */}
      <Planted {...props}>{props.children}</Planted>
    </div>
  )
}

function attribute(text: string): string {
  return text.replaceAll('&', '&amp;')
}
