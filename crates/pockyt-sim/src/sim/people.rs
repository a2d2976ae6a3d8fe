//! Customers, payees, and the accounts at which payees are paid.

use std::collections::BTreeMap;

use super::Sim;
use super::handle::{Call, Done};
use crate::Wallet;
use crate::answer::Value;
use crate::books::{AccountStatus, PayoutAccount, Person};
use crate::namespace::fnv1a;
use crate::order::Status;
use crate::profile::CustomerKey;
use crate::refusal::Refusal;
use crate::time::years_before;

/// What is asked of every operation, or must not be kept, and so is no part of a profile.
const NOT_OF_A_PROFILE: [&str; 10] = [
    "merchantNo",
    "storeNo",
    "verifySign",
    "merGroupNo",
    "storeAdminNo",
    "timestamp",
    "customerNo",
    "governmentId",
    "governmentIdType",
    "payorNo",
];

impl Sim {
    pub(super) fn create_customer(&mut self, call: &Call<'_>) -> Result<Done, Refusal> {
        let person = self.new_person(call, false);
        self.say_person(call, &person)
    }

    pub(super) fn retrieve_customer(&mut self, call: &Call<'_>) -> Result<Done, Refusal> {
        let person = self.person(call)?;
        self.say_person(call, &person)
    }

    pub(super) fn update_customer(&mut self, call: &Call<'_>) -> Result<Done, Refusal> {
        let person = self.change_person(call)?;
        self.say_person(call, &person)
    }

    /// Makes a payee, who is activated at once.
    pub(super) fn register_payee(&mut self, call: &Call<'_>) -> Result<Done, Refusal> {
        let params = &call.params;
        if params.get("dateOfBirth").is_some_and(|born| !years_before(born, 18, call.now)) {
            return Err(Refusal::bad_value("dateOfBirth", "a payee is at least 18 years old"));
        }
        if params.is("countryCode", "US") && params.get("state").is_none_or(|state| state.len() != 2) {
            return Err(Refusal::bad_value("state", "a state of the US is two letters"));
        }
        if let Some(payor) = params.get("payorNo") {
            match self.books(call.merchant_no).and_then(|books| books.payors.get(payor)) {
                None => return Err(Refusal::unknown("payorNo", "this merchant has no such payor")),
                Some(false) => return Err(Refusal::status("payorNo", "the payor is not approved yet")),
                Some(true) => {}
            }
        }
        let mark = params.get("governmentId").map(fnv1a);
        let people = self.books(call.merchant_no).map(|books| &books.people);
        let others = || people.into_iter().flat_map(BTreeMap::values).filter(|person| person.is_payee);
        let email = params.get("email");
        if others().any(|person| person.profile.get("email").map(String::as_str) == email) {
            return Err(Refusal::duplicate("email", &self.config.profile));
        }
        if mark.is_some() && others().any(|person| person.government_mark == mark) {
            return Err(Refusal::duplicate("governmentId", &self.config.profile));
        }
        let person = self.new_person(call, true);
        self.say_person(call, &person)
    }

    pub(super) fn retrieve_payee(&mut self, call: &Call<'_>) -> Result<Done, Refusal> {
        let person = self.payee(call)?;
        self.say_person(call, &person)
    }

    pub(super) fn update_payee(&mut self, call: &Call<'_>) -> Result<Done, Refusal> {
        self.payee(call)?;
        let person = self.change_person(call)?;
        self.say_person(call, &person)
    }

    /// Shows the accounts of a payee: all, or the one that is named.
    pub(super) fn payout_accounts(&mut self, call: &Call<'_>) -> Result<Done, Refusal> {
        let person = self.payee(call)?;
        let accounts = self.books(call.merchant_no).map(|books| &books.accounts);
        let is_wanted = |account: &&PayoutAccount| {
            account.customer_no == person.customer_no
                && call.params.get("accountToken").is_none_or(|token| token == account.token)
                && call.params.get("accountTag").is_none_or(|tag| Some(tag) == account.tag.as_deref())
        };
        let names = [
            "accountTag",
            "country",
            "createdAt",
            "accountType",
            "currency",
            "accountToken",
            "cardNumber",
            "status",
        ];
        let shown = accounts.into_iter().flat_map(BTreeMap::values).filter(is_wanted);
        let elements = shown.map(|account| names.map(|name| (name, account_value(account, name))).to_vec());
        let user =
            ["firstName", "lastName", "customerNo", "email"].map(|name| (name, person_value(&person, name)));
        let answer = call.operation.answers.first().ok_or_else(Refusal::unserved)?;
        let body = self.style().success_list(answer, elements.collect(), |_| Value::Object(user.to_vec()));
        Ok(Done::new(person.customer_no.as_str(), body))
    }

    /// Adds a bank account or a crypto wallet, which is activated at once.
    pub(super) fn add_account(&mut self, call: &Call<'_>) -> Result<Done, Refusal> {
        let person = self.payee(call)?;
        let kind = if call.operation.name == "create-bank-account" { "BANK_ACCOUNT" } else { "CRYPTO" };
        let account = self.new_account(call, &person, kind);
        self.decide_after(call.merchant_no, &account.token, std::time::Duration::ZERO, Status::Success);
        self.say(call, account.token.as_str(), |field| account_value(&account, field.name))
    }

    /// Opens an account that its payee completes at `link`.
    pub(super) fn open_account(&mut self, call: &Call<'_>) -> Result<Done, Refusal> {
        let person = self.person(call)?;
        let wallet = self.wallet_for(call.merchant_no, call.params.get("accountTag"), Wallet::Never)?;
        let account = self.new_account(call, &person, call.params.get("accountType").unwrap_or_default());
        match wallet {
            Wallet::ConfirmAfter(delay) | Wallet::BookLate(delay) => {
                self.decide_after(call.merchant_no, &account.token, delay, Status::Success);
            }
            Wallet::DeclineAfter(delay) => {
                self.decide_after(call.merchant_no, &account.token, delay, Status::Failed);
            }
            _ => {}
        }
        let link = format!("{}/cashier/{}", self.config.public_url, account.token);
        self.say(call, account.token.as_str(), |field| match field.name {
            "link" => link.as_str().into(),
            "timestamp" => call.now.in_utc().into(),
            "accountToken" => account.token.as_str().into(),
            _ => person_value(&person, field.name),
        })
    }

    pub(super) fn retrieve_account(&mut self, call: &Call<'_>) -> Result<Done, Refusal> {
        let person = self.person(call)?;
        let is_meant = |account: &&PayoutAccount| {
            account.customer_no == person.customer_no
                && call.params.get("accountToken").is_none_or(|token| token == account.token)
                && call.params.get("accountTag").is_none_or(|tag| Some(tag) == account.tag.as_deref())
        };
        let accounts = self.books(call.merchant_no).map(|books| &books.accounts);
        let found = accounts.into_iter().flat_map(BTreeMap::values).find(is_meant);
        let found =
            found.ok_or_else(|| Refusal::unknown("accountToken", "this payee has no such account"))?;
        self.say(call, found.token.as_str(), |field| match account_value(found, field.name) {
            Value::Nothing => person_value(&person, field.name),
            value => value,
        })
    }

    fn new_person(&mut self, call: &Call<'_>, is_payee: bool) -> Person {
        let customer_no = self.own_number(call.merchant_no, "2000");
        let mut profile = profile_in(call);
        profile.entry("profileType".into()).or_insert_with(|| "INDIVIDUAL".into());
        let person = Person {
            customer_no: customer_no.clone(),
            is_payee,
            profile,
            government_mark: call.params.get("governmentId").map(fnv1a),
            created: call.now,
            updated: call.now,
        };
        let kind = if is_payee { "payee" } else { "customer" };
        let code = person.get("customerCode");
        self.write_record(call, kind, &customer_no, code.as_deref(), (None, "activated"));
        if let Some(books) = self.books_mut(call.merchant_no) {
            books.people.insert(customer_no, person.clone());
        }
        person
    }

    fn change_person(&mut self, call: &Call<'_>) -> Result<Person, Refusal> {
        let mut person = self.person(call)?;
        person.profile.extend(profile_in(call));
        person.updated = call.now;
        let code = person.get("customerCode");
        self.write_record(
            call,
            "customer",
            &person.customer_no,
            code.as_deref(),
            (Some("activated"), "activated"),
        );
        if let Some(books) = self.books_mut(call.merchant_no) {
            books.people.insert(person.customer_no.clone(), person.clone());
        }
        Ok(person)
    }

    /// The customer or payee whom `customerNo` or `customerCode` names; both must name the same.
    pub(super) fn person(&self, call: &Call<'_>) -> Result<Person, Refusal> {
        let people = self.books(call.merchant_no).map(|books| &books.people);
        let (number, code) = (call.params.get("customerNo"), call.params.get("customerCode"));
        let has_code = |person: &&Person| person.profile.get("customerCode").map(String::as_str) == code;
        let found = match number {
            Some(number) => people.and_then(|people| people.get(number)),
            None => people.and_then(|people| people.values().rev().find(has_code)),
        };
        let field = if number.is_some() { "customerNo" } else { "customerCode" };
        let found = found.ok_or_else(|| Refusal::unknown(field, "this merchant has no such customer"))?;
        let asks = !call.operation.changes && code.is_some();
        if asks && !has_code(&found) {
            return Err(Refusal::mismatch("customerCode", "it is not the code of that customerNo"));
        }
        Ok(found.clone())
    }

    fn payee(&self, call: &Call<'_>) -> Result<Person, Refusal> {
        let person = self.person(call)?;
        if person.is_payee {
            Ok(person)
        } else {
            Err(Refusal::unknown("customerNo", "this customer is not a payee"))
        }
    }

    fn new_account(&mut self, call: &Call<'_>, person: &Person, kind: &str) -> PayoutAccount {
        let params = &call.params;
        let number = params.get("cardNumber").or(params.get("bankAccountId")).unwrap_or_default();
        let tail: Vec<char> = number.chars().rev().take(4).collect();
        let masked = || format!("****{}", tail.iter().rev().collect::<String>());
        let account = PayoutAccount {
            token: self.own_number(call.merchant_no, "2010"),
            store_no: params.required("storeNo"),
            customer_no: person.customer_no.clone(),
            tag: params.owned("accountTag"),
            kind: kind.to_owned(),
            country: params.owned("accountCountry").unwrap_or_else(|| "US".into()),
            currency: params.owned("accountCurrency").unwrap_or_else(|| "USD".into()),
            masked_number: (tail.len() == 4).then(masked),
            status: AccountStatus::Pending,
            ipn_url: params.owned("ipnUrl"),
            callback_url: params.owned("callbackUrl"),
            created: call.now,
        };
        self.write_record(call, "account", &account.token, account.tag.as_deref(), (None, "pending"));
        if let Some(books) = self.books_mut(call.merchant_no) {
            books.accounts.insert(account.token.clone(), account.clone());
        }
        account
    }

    fn say_person(&self, call: &Call<'_>, person: &Person) -> Result<Done, Refusal> {
        let under_result = usize::from(self.config.profile.customer_key == CustomerKey::Result);
        let answers = call.operation.answers;
        let answer = answers.get(under_result).or(answers.first()).ok_or_else(Refusal::unserved)?;
        let body = self.style().success(answer, |field| match field.name {
            "timestamp" => call.params.owned("timestamp").into(),
            _ => person_value(person, field.name),
        });
        Ok(Done::new(person.customer_no.as_str(), body))
    }
}

fn profile_in(call: &Call<'_>) -> BTreeMap<String, String> {
    let names = call.operation.fields.iter().map(|field| field.name);
    let own = names.filter(|name| !NOT_OF_A_PROFILE.contains(name));
    own.filter_map(|name| Some((name.to_owned(), call.params.owned(name)?))).collect()
}

fn person_value<'v>(person: &'v Person, name: &str) -> Value<'v> {
    match name {
        "createdTime" => person.created.in_utc().into(),
        "customerNo" => person.customer_no.as_str().into(),
        "payeeStatus" => "Activated".into(),
        "updatedTime" => person.updated.in_utc().into(),
        _ => person.get(name).into(),
    }
}

fn account_value<'v>(account: &'v PayoutAccount, name: &str) -> Value<'v> {
    match name {
        "accountTag" => account.tag.as_deref().into(),
        "accountToken" => account.token.as_str().into(),
        "accountType" => account.kind.as_str().into(),
        "cardNumber" => account.masked_number.as_deref().into(),
        "country" => account.country.as_str().into(),
        "createdAt" => account.created.in_utc().into(),
        "currency" => account.currency.as_str().into(),
        "status" => account.status.as_str().into(),
        _ => Value::Nothing,
    }
}
