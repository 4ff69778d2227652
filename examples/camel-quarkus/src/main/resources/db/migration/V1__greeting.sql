create table greeting (text varchar(100));
