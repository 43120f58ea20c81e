// A firm's program on epcis2.js: `node client.js URL KEY` subscribes, captures, asks, and prints what it met as JSON.
const { createHmac } = require('node:crypto');
const { createServer } = require('node:http');
const {
  AggregationEvent, AssociationEvent, BizLocation, BizTransactionElement, CaptureResponse, DestinationElement,
  EPCISDocument, EPCISHeader, EPCISMasterData, ErrorDeclaration, AttributeElement, ExtendedEvent, Ilmd, ObjectEvent,
  PersistentDisposition, QuantityElement, ReadPoint, SensorElement, SensorMetadata, SensorReportElement,
  SourceElement, TransactionEvent, TransformationEvent, Vocabulary, VocabularyElement, buildSGTINUri, capture, cbv,
  objectToEvent, setup, validateEpcisDocument,
} = require('epcis2.js');

const [url, key] = process.argv.slice(2);
const authorization = `Bearer ${key}`;
const TOKEN = 'what both sides know';
const NAMES = { example: 'https://ns.example.com/epcis/' };
const ITEM = 'https://id.gs1.org/01/06901234567892';
const CASE = 'https://id.gs1.org/00/369012340000000017';
const HERE = 'https://id.gs1.org/414/6901234567892';

setup({ apiUrl: `${url}/epcis`, headers: { 'content-type': 'application/json', authorization } });

function events() {
  const at = (event, time) => event.setEventTime(`2026-05-01T0${time}:00:00.000+08:00`)
    .setReadPoint(new ReadPoint().setId(HERE)).setBizLocation(new BizLocation().setId(HERE));
  const made = at(new ObjectEvent(), 1)
    .setAction(cbv.actionTypes.add).setBizStep(cbv.bizSteps.commissioning).setDisposition(cbv.dispositions.active)
    .addEPCList([`${ITEM}/21/1`, buildSGTINUri('0614141', '112345', '400')])
    .addQuantity(new QuantityElement().setEpcClass(`${ITEM}/10/L1`).setQuantity(7.5).setUom('KGM'))
    .setPersistentDisposition(new PersistentDisposition().addSet(cbv.dispositions.completeness_verified))
    .setCertificationInfo('https://zs.example/certificates/one')
    .setIlmd(new Ilmd({ 'example:breed': '莱芜黑', 'example:best': { 'example:before': '2026-06-01' } }))
    .addExtension('example:weather', ['晴', '风']);
  const measured = new SensorReportElement().setType(cbv.sensorMeasurementTypes.temperature)
    .setValue(3.25).setUom('CEL').setTime('2026-05-01T02:00:00.000+08:00');
  const alarm = new SensorReportElement().setType(cbv.sensorMeasurementTypes.temperature).setException(cbv.alarmTypes.alarm_condition);
  const cold = at(new ObjectEvent(), 2)
    .setAction(cbv.actionTypes.observe).setBizStep(cbv.bizSteps.sensor_reporting).addEPC(`${ITEM}/21/1`)
    .addSensorElement(new SensorElement()
      .setSensorMetadata(new SensorMetadata().setTime('2026-05-01T02:00:00.000+08:00').setDeviceID('urn:dev:1'))
      .addSensorReportList([measured, alarm]));
  const packed = at(new AggregationEvent(), 3)
    .setAction(cbv.actionTypes.add).setBizStep(cbv.bizSteps.packing).setParentId(CASE).addChildEPC(`${ITEM}/21/1`)
    .addChildQuantity(new QuantityElement().setEpcClass(`${ITEM}/10/L1`).setQuantity(12));
  const mixed = at(new TransformationEvent(), 4)
    .setTransformationID('urn:example:mix:1').setBizStep(cbv.bizSteps.commissioning)
    .addInputQuantity(new QuantityElement().setEpcClass(`${ITEM}/10/L1`).setQuantity(2).setUom('KGM'))
    .addInputEPC(`${ITEM}/21/2`).addOutputEPC(`${ITEM}/21/3`)
    .addOutputQuantity(new QuantityElement().setEpcClass(`${ITEM}/10/L2`).setQuantity(1.5).setUom('KGM'))
    .setIlmd(new Ilmd({ 'example:recipe': 'A' }));
  const tagged = at(new AssociationEvent(), 5)
    .setAction(cbv.actionTypes.add).setBizStep(cbv.bizSteps.installing)
    .setParentId('https://id.gs1.org/8004/690123401').addChildEPC('https://id.gs1.org/8004/690123402');
  const sold = at(new TransactionEvent(), 6)
    .setAction(cbv.actionTypes.add).setBizStep(cbv.bizSteps.shipping).setDisposition(cbv.dispositions.in_transit)
    .addEPC(CASE).addBizTransaction(new BizTransactionElement()
      .setType(cbv.businessTransactionTypes.desadv).setBizTransaction('urn:example:bill:one'))
    .addSource(new SourceElement().setType(cbv.sourceDestinationTypes.owning_party).setSource('urn:example:maker'))
    .addDestination(new DestinationElement()
      .setType(cbv.sourceDestinationTypes.owning_party).setDestination('urn:example:shop'));
  const fed = new ExtendedEvent().setType(`${NAMES.example}Feeding`).setEventTime('2026-05-01T07:00:00.000+08:00')
    .addExtension('example:kilos', 12.5);
  const all = [made, cold, packed, mixed, tagged, sold, fed];
  all.forEach((event) => event.generateHashID(NAMES));
  const wrong = objectToEvent(cold.toObject()).setErrorDeclaration(new ErrorDeclaration()
    .setDeclarationTime('2026-05-02T00:00:00.000+08:00').setReason(cbv.errorReasonIdentifiers.did_not_occur));
  return [...all, wrong];
}

function document(list) {
  const place = new VocabularyElement().setId(HERE)
    .addAttribute(new AttributeElement().setId('https://ref.gs1.org/cbv/mda#name').setAttribute('张店仓'));
  const kinds = new Vocabulary().setType('urn:epcglobal:epcis:vtype:BusinessLocation').addVocabularyElement(place);
  return new EPCISDocument({ '@context': [NAMES] })
    .setEPCISHeader(new EPCISHeader().setEPCISMasterData(new EPCISMasterData().addVocabulary(kinds)))
    .setCreationDate('2026-05-02T00:00:00.000Z').addEventList(list);
}

async function ask(method, path, body, headers = {}) {
  const answer = await fetch(url + path, {
    method, headers: { authorization, 'content-type': 'application/json', ...headers }, body: body && JSON.stringify(body),
  });
  return { status: answer.status, location: answer.headers.get('location'), body: JSON.parse((await answer.text()) || 'null') };
}

// What of a query document this library takes: it must be valid to it, and its events come to life as its classes.
function taken(found) {
  return {
    valid: validateEpcisDocument(found, false),
    events: found.epcisBody.queryResults.resultsBody.eventList.map((event) => objectToEvent(event).toObject()),
  };
}

async function receiver(enough) {
  const got = [];
  let done;
  const all = new Promise((resolve) => { done = resolve; });
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const [, seconds, mac] = request.headers['gs1-signature'].match(/^t=(\d+),v1=([0-9a-f]+)$/);
    const signed = createHmac('sha256', TOKEN).update(`${seconds}.${body}`).digest('hex') === mac;
    const { valid, events: list } = taken(JSON.parse(body));
    got.push(...list.map((event) => ({ event, valid, signed })));
    response.end();
    if (got.length >= enough) done(got);
  });
  await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  return { dest: `http://127.0.0.1:${server.address().port}/`, all, close: () => server.close().closeAllConnections() };
}

async function main() {
  const sent = events();
  const hook = await receiver(sent.length - 1); // one is of no place
  const query = await ask('POST', '/epcis/queries', { name: 'here', query: { EQ_bizLocation: [HERE] } });
  const subscription = await ask('POST', `${query.location}/subscriptions`, {
    dest: hook.dest, signatureToken: TOKEN, stream: true,
  });
  const posted = await capture(document(sent));
  const job = new CaptureResponse(posted);
  await job.pollForTheCaptureToFinish(50, 100);
  const refused = await capture(new EPCISDocument().addEvent(new ObjectEvent().setAction('SOMETIMES')), {
    documentValidation: false,
  });
  const whole = { 'GS1-EPC-Format': 'Never_Translates' };
  const found = await ask('GET', '/epcis/events?orderBy=eventTime&orderDirection=ASC', null, whole);
  const named = await ask('GET', `${query.location}/events?perPage=100`, null, whole);
  const few = {};
  for (const text of [
    `MATCH_anyEPC=${encodeURIComponent(`${ITEM}/21/1`)}`, 'EQ_bizStep=packing%7Cshipping', 'EXISTS_errorDeclaration=true',
    'EQ_ILMD_example%3Abreed=%E8%8E%B1%E8%8A%9C%E9%BB%91', 'GE_value_CEL=3', `eventType=${encodeURIComponent(`${NAMES.example}Feeding`)}&EQ_example%3Akilos=12.5`,
    'EQ_eventID=' + encodeURIComponent(sent[3].getEventID()),
  ]) {
    const answer = await ask('GET', `/epcis/events?${text}`, null, { 'GS1-Extensions': `example=${NAMES.example}` });
    few[text.split('=')[0]] = answer.status === 200 ? taken(answer.body).events.length : answer.body;
  }
  const pushed = await hook.all;
  const ended = await ask('DELETE', subscription.location);
  hook.close();
  console.log(JSON.stringify({
    sent: sent.map((event) => event.toObject()), status: posted.status, running: job.getRunningStatus(),
    success: job.getSuccessStatus(), errors: job.getErrors(),
    refused: { status: refused.status, type: refused.headers.get('content-type'), problem: await refused.json() },
    subscribed: subscription.status, found: taken(found.body), named: taken(named.body), few, pushed, ended: ended.status,
  }));
}

main().catch((error) => { console.error(error); process.exit(1); });
