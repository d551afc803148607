//! Sound from one client to another over real sockets: signaling, ICE, DTLS, forwarding and the end.

use std::time::Instant;

use seameet::ServerEvent;
use seameet_core::{MediaKind, Mid};
use seameet_pipeline::{
    LineDirection, OfferLine, OutgoingPacket, PeerConfig, PeerConnection, PeerEvent,
    ReceivedPacket, Role,
};
use seameet_testkit::{Picture, Publisher};
use serde_json::{Value, json};
use tokio::time::sleep_until;

use crate::support::{Client, TestServer, soon};
use crate::wire::Wire;

/// A client with a media endpoint that sends one microphone and has one slot for sound.
pub(crate) struct Caller {
    pub(crate) signaling: Client,
    participant: Value,
    connection: Box<PeerConnection>,
    wire: Wire,
    microphone: Publisher,
    slot: Mid,
    connected: bool,
    pub(crate) heard: Vec<ReceivedPacket>,
}

impl Caller {
    /// Joins and negotiates, over UDP.
    pub(crate) async fn join(server: &TestServer, room: &str, number: u32) -> Self {
        Self::join_by(server, room, number, Wire::udp().await).await
    }

    /// Joins and negotiates.
    pub(crate) async fn join_by(server: &TestServer, room: &str, number: u32, wire: Wire) -> Self {
        let (mut signaling, ready) = server.join(room).await;
        let mut config = PeerConfig::new(Role::Client);
        wire.configure(&mut config);
        let mut connection = Box::new(PeerConnection::new(&config, Instant::now()).unwrap());
        let line = |direction| OfferLine::new(MediaKind::Audio, direction);
        let lines = [line(LineDirection::Send), line(LineDirection::Receive)];
        let (sdp, mids) = connection.create_offer(&lines).unwrap();
        let &[microphone, slot] = mids.as_slice() else {
            panic!("two lines have two ids");
        };
        let track = json!({ "mid": microphone.as_str(), "source": "microphone" });
        signaling
            .send(&json!({ "type": "offer", "sdp": sdp, "tracks": [track] }))
            .await;
        let answer = signaling.expect("answer").await;
        let answer = answer["sdp"].as_str().unwrap();
        connection.accept_answer(Instant::now(), answer).unwrap();
        Self {
            signaling,
            participant: ready["participant"].clone(),
            connection,
            wire,
            microphone: Publisher::new(number, microphone, MediaKind::Audio, 1, Instant::now()),
            slot,
            connected: false,
            heard: Vec::new(),
        }
    }

    /// Sends what is due and takes what comes, until one thing happened.
    async fn step(&mut self) {
        self.talk();
        self.connection.handle_timeout(Instant::now()).unwrap();
        while let Some(transmit) = self.connection.poll_transmit() {
            self.wire.send(transmit).await;
        }
        while let Some(event) = self.connection.poll_event() {
            match event {
                PeerEvent::Connected => self.connected = true,
                PeerEvent::Rtp(packet) => self.heard.push(packet),
                _ => {}
            }
        }
        let due = self.connection.deadline().min(self.microphone.deadline());
        tokio::select! {
            () = self.wire.receive(&mut self.connection) => {}
            () = sleep_until(due.into()) => {}
        }
    }

    fn talk(&mut self) {
        let (now, format) = (Instant::now(), self.microphone.format());
        let packets = self.microphone.poll(now);
        for packet in packets.iter().filter(|_| self.connected) {
            let outgoing = OutgoingPacket {
                rid: None,
                packet,
                format,
                sequence: packet.sequence,
                timestamp: packet.timestamp,
                wallclock: now,
                marker: packet.marker,
                vp8: None,
                descriptor: None,
            };
            assert!(self.connection.write(self.microphone.mid, &outgoing));
        }
    }

    /// Who speaks in what was heard.
    pub(crate) fn senders(&self) -> Vec<u32> {
        let pictures = self.heard.iter().map(|received| {
            assert_eq!(received.mid, self.slot);
            Picture::read(MediaKind::Audio, &received.packet.payload.shared()).unwrap()
        });
        let mut senders: Vec<u32> = pictures.map(|picture| picture.sender).collect();
        senders.dedup();
        senders
    }
}

/// Steps both until it is so.
pub(crate) async fn step_until(
    ada: &mut Caller,
    bob: &mut Caller,
    what: &str,
    so: impl Fn(&Caller, &Caller) -> bool,
) {
    let stepping = async {
        while !so(ada, bob) {
            tokio::join!(ada.step(), bob.step());
        }
    };
    soon(what, Box::pin(stepping)).await;
}

#[tokio::test]
async fn two_callers_hear_each_other_and_nobody_else() {
    let mut server = TestServer::open();
    let mut ada = Caller::join(&server, "one", 1).await;
    let mut bob = Caller::join(&server, "one", 2).await;
    let mut eve = Caller::join(&server, "two", 3).await;
    let mut mallory = Caller::join(&server, "two", 4).await;

    step_until(&mut ada, &mut bob, "sound", |ada, bob| {
        ada.heard.len() >= 5 && bob.heard.len() >= 5
    })
    .await;
    step_until(&mut eve, &mut mallory, "sound", |eve, _| {
        eve.heard.len() >= 5
    })
    .await;
    assert_eq!((ada.senders(), bob.senders()), (vec![2], vec![1]));
    assert_eq!(eve.senders(), [4]);

    // Whose voice it is was told, and before it came.
    let slots = bob.signaling.expect("slots").await;
    let slot = &slots["assignments"][0];
    assert_eq!(slot["mid"], bob.slot.as_str());
    assert_eq!(slot["participant"], ada.participant);

    let mut connected = 0;
    server
        .next_event(|event| {
            connected += usize::from(matches!(event, ServerEvent::MediaConnected { .. }));
            (connected == 4).then_some(())
        })
        .await;
    server.handle.shutdown().await;
    ada.signaling.expect("room_closing").await;
}

#[tokio::test]
async fn a_muted_microphone_is_not_forwarded() {
    let server = TestServer::open();
    let mut ada = Caller::join(&server, "one", 1).await;
    let mut bob = Caller::join(&server, "one", 2).await;
    step_until(&mut ada, &mut bob, "sound", |_, bob| bob.heard.len() >= 5).await;

    ada.signaling.send(&json!({ "type": "mute_audio" })).await;
    while bob.signaling.expect("track_updated").await["track"]["muted"] != true {}
    // What was on its way may still come; after both heard each other's other packets for a while nothing does.
    let mark = ada.heard.len() + 5;
    step_until(&mut ada, &mut bob, "sound the other way", |ada, _| {
        ada.heard.len() >= mark
    })
    .await;
    let heard = bob.heard.len();
    let mark = ada.heard.len() + 10;
    step_until(&mut ada, &mut bob, "sound the other way", |ada, _| {
        ada.heard.len() >= mark
    })
    .await;
    assert_eq!(bob.heard.len(), heard);
}
