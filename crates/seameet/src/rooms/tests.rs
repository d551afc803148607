//! Rooms as connections meet them, without sockets for signaling.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use seameet_core::room::{
    ConnectionState, JoinRequest, Notice, RoomCommand, RoomConfig, RoomEvent, RoomInput,
    RoomSnapshot,
};
use seameet_core::{
    ConnectionId, ErrorCode, Grant, ParticipantId, RequestError, ResumeToken, RoomId,
};
use seameet_sfu::{MediaConfig, MediaPlane};
use seameet_signaling::outbox::OutboxLimits;

use super::*;
use crate::ServerEvent;
use crate::events::{EventSender, EventStream};
use crate::metrics::Metrics;
use crate::shutdown::Tasks;

/// A reaction that makes the room's machine panic, in tests alone.
const POISON: &str = "poison";

/// Called before every step of a room's machine.
pub(super) fn panic_if_asked(input: &RoomInput) {
    if let RoomInput::Command {
        command: RoomCommand::React { reaction },
        ..
    } = input
    {
        assert_ne!(reaction, POISON, "the test asked for it");
    }
}

struct House {
    directory: Arc<Directory>,
    events: EventStream,
}

struct Member {
    connection: ConnectionId,
    mailbox: Mailbox,
    line: LineReceiver,
}

fn house(max_rooms: usize) -> House {
    let mut media = MediaConfig::default();
    media.udp_port = 0;
    media.public_ips = vec![Ipv4Addr::LOCALHOST.into()];
    let events = EventSender::new(64);
    House {
        events: events.subscribe(),
        directory: Directory::new(DirectoryParts {
            config: RoomConfig::default(),
            max_rooms,
            max_rooms_per_address: 2,
            media: Arc::new(MediaPlane::bind(&media).unwrap()),
            events,
            metrics: Arc::new(Metrics::default()),
            tasks: Tasks::new(),
        }),
    }
}

fn room(name: &str) -> RoomId {
    name.parse().unwrap()
}

fn join_request(number: u64) -> JoinRequest {
    JoinRequest {
        connection: ConnectionId::new(number),
        participant: ParticipantId::from_random(number),
        display_name: None,
        attributes: BTreeMap::new(),
        grant: Grant::full(),
        next_resume: ResumeToken::from_random(u128::from(number).to_be_bytes()),
        resume: None,
        at_ms: 1.0,
    }
}

impl House {
    async fn try_enter(&self, name: &str, number: u64) -> Result<Member, RequestError> {
        self.try_enter_from(None, name, number).await
    }

    async fn try_enter_from(
        &self,
        subscriber: Option<IpAddr>,
        name: &str,
        number: u64,
    ) -> Result<Member, RequestError> {
        let (sender, receiver) = line();
        let request = join_request(number);
        let connection = request.connection;
        let join = Join {
            request: Box::new(request),
            line: sender,
            subscriber,
        };
        let mailbox = self.directory.enter(&room(name), join).await?;
        Ok(Member {
            connection,
            mailbox,
            line: receiver,
        })
    }

    /// Enters and reads the welcome.
    async fn enter(&self, name: &str, number: u64) -> Member {
        self.enter_and_look(name, number).await.0
    }

    async fn enter_and_look(&self, name: &str, number: u64) -> (Member, RoomSnapshot) {
        let mut member = self.try_enter(name, number).await.unwrap();
        match member.notice().await {
            Notice::Welcome { snapshot, .. } => (member, snapshot),
            notice => panic!("not welcomed: {notice:?}"),
        }
    }
}

impl Member {
    async fn notice(&mut self) -> Notice {
        match self.line.next().await {
            News::Notice(notice) => *notice,
            news => panic!("no notice but {news:?}"),
        }
    }

    async fn leave(&self) {
        let letter = RoomMail::Command {
            connection: self.connection,
            request: None,
            command: RoomCommand::Leave,
        };
        self.mailbox.send(letter).await.unwrap();
    }

    async fn react(&self, reaction: &str) {
        let letter = RoomMail::Command {
            connection: self.connection,
            request: None,
            command: RoomCommand::React {
                reaction: reaction.to_owned(),
            },
        };
        self.mailbox.send(letter).await.unwrap();
    }

    /// The next reaction, or the reason for which the room closes.
    async fn next_reaction_or_end(&mut self) -> String {
        loop {
            match self.notice().await {
                Notice::RoomClosing { reason, .. } => return reason,
                Notice::Event(sequenced) => {
                    if let RoomEvent::Reaction { reaction, .. } = &sequenced.event {
                        return reaction.clone();
                    }
                }
                _ => {}
            }
        }
    }
}

#[tokio::test]
async fn a_panic_in_a_room_ends_this_room_and_no_other() {
    let mut house = house(10);
    let mut ada = house.enter("failing", 1).await;
    let mut bob = house.enter("failing", 2).await;
    let mut eve = house.enter("healthy", 3).await;

    ada.react(POISON).await;
    assert_eq!(ada.next_reaction_or_end().await, "internal");
    assert_eq!(bob.next_reaction_or_end().await, "internal");

    eve.react("fine").await;
    assert_eq!(eve.next_reaction_or_end().await, "fine");

    // The name is free again and nothing of the old room is left behind it.
    let mut again = house.enter("failing", 4).await;
    again.react("fresh").await;
    assert_eq!(again.next_reaction_or_end().await, "fresh");

    let mut left = 0;
    while let Some(event) = house.events.next().await {
        match event {
            ServerEvent::PeerDisconnected { .. } => left += 1,
            ServerEvent::RoomDestroyed { room } => {
                assert_eq!(room.as_str(), "failing");
                break;
            }
            _ => {}
        }
    }
    assert_eq!(left, 2, "those who were in are reported gone");
}

#[tokio::test]
async fn a_join_while_the_room_ends_gets_a_fresh_room() {
    let house = house(10);
    for number in 0..200 {
        house.enter("door", 2 * number).await.leave().await;
        let mut next = house.try_enter("door", 2 * number + 1).await.unwrap();
        let mut news = next.line.next().await;
        if let News::TryAgain(request) = news {
            let (sender, receiver) = line();
            next.line = receiver;
            let join = Join {
                request,
                line: sender,
                subscriber: None,
            };
            next.mailbox = house.directory.enter(&room("door"), join).await.unwrap();
            news = next.line.next().await;
        }
        let News::Notice(notice) = news else {
            panic!("not welcomed: {news:?}");
        };
        let Notice::Welcome { snapshot, .. } = *notice else {
            panic!("not welcomed: {notice:?}");
        };
        assert!(snapshot.peers.is_empty());
        next.leave().await;
        assert_eq!(next.notice().await, Notice::Left);
    }
}

#[tokio::test]
async fn more_rooms_than_allowed_are_refused_until_one_ends() {
    let mut house = house(1);
    let only = house.enter("one", 1).await;
    let refused = house.try_enter("two", 2).await.err().unwrap();
    assert_eq!(refused.code, ErrorCode::TooManyRooms);
    // A room that is open takes further members all the same.
    let other = house.enter("one", 3).await;
    only.leave().await;
    other.leave().await;
    while !matches!(
        house.events.next().await,
        Some(ServerEvent::RoomDestroyed { .. })
    ) {}
    while house.directory.names().len() == 1 {
        tokio::task::yield_now().await;
    }
    house.enter("two", 4).await;
}

#[tokio::test]
async fn one_address_cannot_open_every_room() {
    let house = house(10);
    let (greedy, other) = (
        Some(IpAddr::from([192, 0, 2, 1])),
        Some(IpAddr::from([192, 0, 2, 2])),
    );
    let mut first = house.try_enter_from(greedy, "one", 1).await.unwrap();
    let _second = house.try_enter_from(greedy, "two", 2).await.unwrap();
    let refused = house
        .try_enter_from(greedy, "three", 3)
        .await
        .err()
        .unwrap();
    assert_eq!(refused.code, ErrorCode::TooManyRooms);
    // Rooms that are open may be entered, and others may open theirs.
    assert!(house.try_enter_from(greedy, "two", 4).await.is_ok());
    assert!(house.try_enter_from(other, "three", 5).await.is_ok());

    first.leave().await;
    while first.notice().await != Notice::Left {}
    while house.directory.names().contains(&room("one")) {
        tokio::task::yield_now().await;
    }
    assert!(house.try_enter_from(greedy, "four", 6).await.is_ok());
}

#[tokio::test]
async fn a_connection_that_does_not_read_is_given_up_and_its_member_awaited() {
    let house = house(10);
    let mut slow = house.enter("crowd", 1).await;
    // Only who said something is awaited.
    slow.react("here").await;
    assert_eq!(slow.next_reaction_or_end().await, "here");
    let mut quick = house.enter("crowd", 2).await;
    for _ in 0..=OutboxLimits::default().notices {
        quick.react("again").await;
        assert_eq!(quick.next_reaction_or_end().await, "again");
    }
    loop {
        if let News::Overflow = slow.line.next().await {
            break;
        }
    }
    // The others saw it go into reconnecting, and the room goes on.
    quick.react("still here").await;
    assert_eq!(quick.next_reaction_or_end().await, "still here");
    let (_, snapshot) = house.enter_and_look("crowd", 3).await;
    let peer = snapshot
        .peers
        .iter()
        .find(|peer| peer.id == ParticipantId::from_random(1));
    assert_eq!(peer.unwrap().state, ConnectionState::Reconnecting);
}

#[tokio::test]
async fn a_closed_directory_says_goodbye_and_opens_no_room() {
    let house = house(10);
    let mut ada = house.enter("one", 1).await;
    let mut bob = house.enter("two", 2).await;
    house.directory.close("maintenance", Some(5)).await;
    assert_eq!(ada.next_reaction_or_end().await, "maintenance");
    assert_eq!(bob.next_reaction_or_end().await, "maintenance");
    let refused = house.try_enter("three", 3).await.err().unwrap();
    assert_eq!(refused.code, ErrorCode::Overloaded);
}

#[tokio::test]
async fn a_room_that_does_not_listen_delays_no_farewell() {
    let house = house(10);
    let mut stuck = Vec::new();
    for name in ["x", "y", "z"] {
        stuck.push(house.directory.insert_stuck(room(name)));
    }
    let mut members = Vec::new();
    for (number, name) in ["one", "two", "three"].into_iter().enumerate() {
        members.push(house.enter(name, number as u64).await);
    }
    let farewells = async {
        for member in &mut members {
            assert_eq!(member.next_reaction_or_end().await, "maintenance");
        }
    };
    tokio::select! {
        () = house.directory.close("maintenance", None) => panic!("some rooms do not listen"),
        () = farewells => {}
    }
}

#[tokio::test]
async fn a_join_that_is_refused_leaves_no_room_and_no_event_behind() {
    let mut house = house(10);
    let (sender, mut receiver) = line();
    let mut request = join_request(1);
    request.resume = Some((ResumeToken::from_random([9; 16]), 0));
    let join = Join {
        request: Box::new(request),
        line: sender,
        subscriber: None,
    };
    house.directory.enter(&room("gone"), join).await.unwrap();
    let News::Refused(error) = receiver.next().await else {
        panic!("a resume into a room that is gone must be refused");
    };
    assert_eq!(error.code, ErrorCode::ResumeRejected);
    while !house.directory.names().is_empty() {
        tokio::task::yield_now().await;
    }
    house.enter("other", 2).await;
    assert_eq!(
        house.events.next().await,
        Some(ServerEvent::RoomCreated {
            room: room("other")
        })
    );
}
